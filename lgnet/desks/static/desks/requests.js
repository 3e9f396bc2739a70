// What is asked, by the keyboard: a number presses the topic that shows it, and words being typed say when they are kept.
(function () {
  "use strict";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !/^[1-9]$/.test(event.key)) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
    const topic = document.querySelector(`[data-number="${event.key}"]`);
    if (topic) { event.preventDefault(); topic.click(); }
  });

  document.body.addEventListener("htmx:afterRequest", (event) => {
    const field = event.target.closest("[data-keeps]");
    if (!field || event.target !== field) return;
    const state = document.getElementById(field.dataset.keeps);
    if (state) state.textContent = event.detail.successful ? state.dataset.kept : state.dataset.lost;
  });
})();
