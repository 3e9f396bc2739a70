// Prints an answer, and has the browser read it aloud in its language where it has a voice for it.
(function () {
  "use strict";

  const answer = document.querySelector("[data-answer]"), print = document.querySelector("[data-answer-print]");
  const aloud = document.querySelector("[data-answer-aloud]"), speech = window.speechSynthesis;
  if (!answer) return;
  print.hidden = false;
  print.addEventListener("click", () => window.print());
  if (!speech) return;

  const voice = () => speech.getVoices().find((one) => one.lang.toLowerCase().startsWith(answer.lang));
  const show = () => { aloud.hidden = !voice(); };
  const start = aloud.textContent;
  const stopped = () => { aloud.textContent = start; };
  show();
  speech.addEventListener?.("voiceschanged", show);
  aloud.addEventListener("click", () => {
    const speaks = speech.speaking;
    speech.cancel();
    if (speaks) return stopped();
    const parts = [...answer.querySelectorAll("h1, h2, p, li")];
    for (const part of parts) { // browsers stop in the middle of long texts: one sentence or item after the other
      const words = new SpeechSynthesisUtterance(part.textContent);
      words.lang = answer.lang;
      words.voice = voice();
      if (part === parts[parts.length - 1]) words.addEventListener("end", stopped);
      speech.speak(words);
    }
    aloud.textContent = aloud.dataset.stop;
  });
  window.addEventListener("pagehide", () => speech.cancel());
})();
