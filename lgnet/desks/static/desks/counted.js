// The quick screen by the keyboard: a number chooses the service; Enter in the box goes to the only person found.
(function () {
  "use strict";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !/^[1-9]$/.test(event.key)) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
    const service = document.querySelector(`.counted-types [data-number="${event.key}"]`);
    if (service) { event.preventDefault(); service.click(); }
  });

  let sent = false; // the box was sent, not only typed in
  document.body.addEventListener("submit", (event) => { sent = event.target.matches(".receive-box"); }, true);
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const only = document.getElementById("counted-only");
    if (event.target.id === "counted-found" && sent && only) only.focus();
    if (event.target.id === "counted") document.getElementById("counted-q")?.focus();
    sent = false;
  });
})();
