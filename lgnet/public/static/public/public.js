// Two helps that the page works without: printing, and reading aloud where the device has a voice for the language.
(function () {
  "use strict";

  const language = document.documentElement.lang;
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  const button = document.querySelector("[data-read-aloud]");
  const speech = window.speechSynthesis;
  if (!button || !speech) return;
  const label = button.querySelector("span");
  const words = { read: label.textContent, stop: button.dataset.stop };
  let isReading = false;

  const voice = () => speech.getVoices().find((one) => one.lang.toLowerCase().split(/[-_]/)[0] === language);
  const offer = () => { if (voice()) button.hidden = false; };
  offer();
  if (speech.addEventListener) speech.addEventListener("voiceschanged", offer);

  function show(reading) {
    isReading = reading;
    label.textContent = reading ? words.stop : words.read;
  }

  function say(texts) {
    if (!isReading || !texts.length) return show(false);
    const part = new SpeechSynthesisUtterance(texts[0]);
    part.lang = language;
    part.voice = voice();
    part.rate = 0.9;
    part.onend = () => say(texts.slice(1));
    part.onerror = () => show(false);
    speech.speak(part);
  }

  button.addEventListener("click", () => {
    speech.cancel();
    if (isReading) return show(false);
    show(true);
    say(Array.from(document.querySelectorAll("[data-read]"), (one) => one.innerText.replace(/\s+/g, " ").trim()));
  });
  window.addEventListener("pagehide", () => speech.cancel());
})();
