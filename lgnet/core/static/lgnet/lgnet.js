// Small helps that every page works without: shortcuts, focus on errors.
(function () {
  "use strict";

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
      const search = document.querySelector("[data-shortcut='/']");
      if (search) { event.preventDefault(); search.focus(); }
    }
    if (event.key === "Escape") document.querySelectorAll(".lg-user[open], .lg-nav-mobile[open], .lg-more[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll(".lg-user[open], .lg-more[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    const target = event.target.closest("[data-print]");
    if (target) window.print();
  });
  document.addEventListener("change", (event) => { // what a folded part says of its fields holds until one is changed
    const part = event.target.closest("details");
    if (part) part.querySelectorAll("summary [data-as-drawn]").forEach((text) => { text.hidden = true; });
  });
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
  // A part of a page that renews itself keeps no idle session alive (core.middleware): only a reader who is there does.
  let used = false;
  ["pointermove", "pointerdown", "keydown", "wheel"].forEach((name) => document.addEventListener(name, () => { used = true; }, { passive: true }));
  document.body.addEventListener("htmx:configRequest", (event) => {
    const source = event.detail.elt.closest("[data-renews]");
    if (!source) return;
    if (!used) event.detail.headers["X-Unattended"] = "1";
    used = false;
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) document.getElementById("signed-out").hidden = false;
  });
})();
