// Reads the page aloud, part by part in its order, where the device has a voice for its language. No service is asked.
(function () {
  "use strict";

  const language = document.documentElement.lang;
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

  const spoken = (part) => part.innerText.replace(/\s+/g, " ").trim();

  function mark(part) {
    document.querySelectorAll(".is-read").forEach((one) => one.classList.remove("is-read"));
    if (!part) return;
    part.classList.add("is-read");
    part.scrollIntoView({ block: "nearest" });
  }

  function say(parts) {
    mark(parts[0]);
    if (!isReading || !parts.length) return stop();
    const part = new SpeechSynthesisUtterance(spoken(parts[0]));
    part.lang = language;
    part.voice = voice();
    part.rate = 0.9;
    part.onend = () => { if (isReading) say(parts.slice(1)); };
    part.onerror = () => stop();
    speech.speak(part);
  }

  function stop() {
    show(false);
    mark(null);
    speech.cancel();
  }

  button.addEventListener("click", () => {
    if (isReading) return stop();
    speech.cancel();
    show(true);
    say(Array.from(document.querySelectorAll("[data-read]")).filter(spoken));
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && isReading) stop(); });
  window.addEventListener("pagehide", () => speech.cancel());
})();
