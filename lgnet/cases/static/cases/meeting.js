// A team meeting: the next and the previous point by keyboard, and nothing that is being written is lost.
(function () {
  "use strict";

  const points = () => Array.from(document.querySelectorAll("[data-point]"));
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const all = points(), here = document.activeElement.closest("[data-point]");
    if (!all.length || document.activeElement.tagName === "SELECT") return; // there it opens the list
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = here ? all.indexOf(here) + step : step > 0 ? 0 : all.length - 1;
    const next = all[at];
    event.preventDefault();
    if (!next) return;
    const field = here && document.activeElement.name === "said" ? next.querySelector("textarea[name=said]") : null;
    (field || next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
  });

  // What was typed while a text was on its way is put behind what two people wrote, when that comes back.
  const textOf = (form) => form.querySelector("textarea[name=said]");
  const sent = new WeakMap(), tails = new WeakMap();
  const noteOf = (event) => event.detail.elt && event.detail.elt.closest("[data-note]");
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const form = noteOf(event);
    if (form) sent.set(form, textOf(form).value);
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const form = noteOf(event);
    if (!form) return;
    const now = textOf(form).value, before = sent.get(form) || "";
    tails.set(form, now.startsWith(before) ? now.slice(before.length) : now === before ? "" : `\n${now}`);
  });
  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    const field = event.detail.target, form = field && field.closest && document.getElementById(field.id) && document.getElementById(field.id).closest("[data-note]");
    const tail = form && tails.get(form);
    if (!tail) return;
    textOf(form).value += tail;
    tails.delete(form);
  });

  // A page that is left sends what is not kept yet.
  window.addEventListener("pagehide", () => {
    document.querySelectorAll("[data-note]").forEach((form) => {
      const seen = form.querySelector("[name=seen]").value.trim();
      if (textOf(form).value.trim() === seen) return;
      fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true });
    });
  });
})();
