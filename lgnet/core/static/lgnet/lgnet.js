// Small helps that every page works without: drafts, shortcuts, focus on errors.
(function () {
  "use strict";

  function csrf() {
    return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  }

  // -- drafts: what is typed is kept on the server, and in this tab while the server cannot be reached ----------------

  const SKIPPED = new Set(["csrfmiddlewaretoken", "_draft", "next", "record_id"]);

  function read(form) {
    const data = {};
    for (const field of form.elements) {
      if (!field.name || SKIPPED.has(field.name) || ["password", "file", "submit", "button"].includes(field.type)) continue;
      if (field.type === "checkbox" || field.type === "radio") {
        if (!(field.name in data)) data[field.name] = [];
        if (field.checked) data[field.name].push(field.value);
      } else if (field.type === "select-multiple") {
        data[field.name] = Array.from(field.selectedOptions, (option) => option.value);
      } else if (field.type !== "hidden") {
        data[field.name] = field.value;
      }
    }
    return data;
  }

  function write(form, data) {
    for (const field of form.elements) {
      if (!(field.name in data)) continue;
      const value = data[field.name];
      if (field.type === "checkbox" || field.type === "radio") field.checked = value.includes(field.value);
      else if (field.type === "select-multiple") for (const option of field.options) option.selected = value.includes(option.value);
      else field.value = value;
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function keepDraft(form) {
    const key = form.dataset.draft;
    const address = "/drafts/" + encodeURIComponent(key);
    const local = "draft:" + key;
    const start = JSON.stringify(read(form));
    const state = document.getElementById("draft-state").content.firstElementChild.cloneNode(true);
    form.append(state);
    const hidden = document.createElement("input");
    hidden.type = "hidden"; hidden.name = "_draft"; hidden.value = key;
    form.append(hidden);
    let timer = null, last = start, sending = false;

    function save() {
      timer = null;
      const now = JSON.stringify(read(form));
      if (now === last || sending) return;
      sessionStorage.setItem(local, now);
      fetch(address, { method: "POST", body: now, keepalive: now.length < 60000, headers: { "Content-Type": "application/json", "X-CSRFToken": csrf(), "X-Requested-With": "fetch" } })
        .then((answer) => {
          if (answer.status === 401 || answer.redirected) { document.getElementById("signed-out").hidden = false; throw new Error("signed out"); }
          if (!answer.ok) throw new Error(String(answer.status));
          last = now; sessionStorage.removeItem(local); state.textContent = state.dataset.saved;
        })
        .catch((error) => { state.textContent = state.dataset.unsaved; if (error.message !== "signed out") timer = timer || setTimeout(save, 5000); });
    }

    function changed() { clearTimeout(timer); timer = setTimeout(save, 800); }
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("submit", () => { clearTimeout(timer); sessionStorage.setItem(local, JSON.stringify(read(form))); sending = true; });
    window.addEventListener("pagehide", () => { if (timer && !sending) save(); });

    if (form.querySelector(".lg-summary") || document.querySelector(".lg-summary")) { sessionStorage.removeItem(local); return; }
    const here = sessionStorage.getItem(local);
    if (here && here !== start) { restore({ data: JSON.parse(here), at: "" }); return; }
    fetch(address, { headers: { "X-Requested-With": "fetch" } }).then((answer) => (answer.ok ? answer.json() : {})).then((draft) => {
      if (draft.data && JSON.stringify(read(form)) === start && JSON.stringify(draft.data) !== start) restore(draft);
    }).catch(() => {});

    function restore(draft) {
      write(form, draft.data);
      last = JSON.stringify(read(form));
      const note = document.getElementById("draft-note").content.firstElementChild.cloneNode(true);
      note.querySelector("[data-at]").textContent = draft.at || new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      note.querySelector("[data-discard]").addEventListener("click", () => {
        sessionStorage.removeItem(local);
        fetch(address, { method: "DELETE", headers: { "X-CSRFToken": csrf(), "X-Requested-With": "fetch" } }).finally(() => location.reload());
      });
      form.before(note);
      if (!draft.at) changed();
    }
  }

  const forms = Array.from(document.querySelectorAll("form[data-draft]"));
  if (!document.querySelector("input[type=password]")) {
    const here = new Set(forms.map((form) => "draft:" + form.dataset.draft));
    Object.keys(sessionStorage).filter((key) => key.startsWith("draft:") && !here.has(key)).forEach((key) => sessionStorage.removeItem(key));
  }
  forms.forEach(keepDraft);

  // -- keyboard and small manners --------------------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
      const search = document.querySelector("[data-shortcut='/']");
      if (search) { event.preventDefault(); search.focus(); }
    }
    if (event.key === "Escape") document.querySelectorAll(".lg-user[open], .lg-nav-mobile[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll(".lg-user[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    const target = event.target.closest("[data-print]");
    if (target) window.print();
  });
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
  document.body.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) document.getElementById("signed-out").hidden = false;
  });
})();
