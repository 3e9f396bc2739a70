// Drafts. What is typed in a form with data-draft is kept on the server until the form is sent, and in this tab as long
// as the server cannot be reached. Every page works without this file.
//
// data-draft="key"     names the form and what it is about: a case, a person, a card, a search
// data-draft-offer     the form makes something new: the draft is offered, and not put back by itself
// data-draft-keep      on a hidden field, or around it: it belongs to what was typed (the version seen, how many rows)
// data-no-draft        on a field, or around it: it is never kept
//
// A draft holds only the fields that differ from the page as it was drawn, so that what nobody typed is never put back.
(function () {
  "use strict";

  const user = document.body.dataset.user || "";
  const isAnswer = "sent" in document.body.dataset; // the page answers a form that was sent: it shows what was typed
  const PAUSE = 800, RETRY = 5000, KEEPALIVE_BYTES = 60000; // ms, ms; browsers take 64 KiB from a page that is left
  const SKIPPED = new Set(["password", "file", "submit", "button", "reset", "image", "fieldset", "output", "object"]);
  const BOXES = new Set(["checkbox", "radio"]);

  // -- fields ----------------------------------------------------------------------------------------------------------

  const isTotal = (name) => name.endsWith("-TOTAL_FORMS");
  const isOurs = (field) => field.name && !SKIPPED.has(field.type) && !field.closest("[data-no-draft]")
    && (field.type !== "hidden" || isTotal(field.name) || Boolean(field.closest("[data-draft-keep]")));
  const fieldsOf = (form) => Array.from(form.elements).filter(isOurs);

  // The value of every field by its name, now or as the page was drawn: a text, or the values ticked or chosen.
  function valuesOf(form, drawn = false) {
    const values = {};
    for (const field of fieldsOf(form)) {
      if (BOXES.has(field.type)) {
        values[field.name] = values[field.name] || [];
        if (drawn ? field.defaultChecked : field.checked) values[field.name].push(field.value);
      } else if (field.options) {
        const chosen = Array.from(field.options).filter((one) => (drawn ? one.defaultSelected : one.selected));
        if (drawn && !chosen.length && !field.multiple) chosen.push(...Array.from(field.options).slice(0, 1));
        values[field.name] = field.multiple ? chosen.map((one) => one.value) : chosen.length ? chosen[0].value : "";
      } else {
        values[field.name] = drawn ? field.defaultValue : field.value;
      }
    }
    return values;
  }

  const textOf = (values) => JSON.stringify(values, Object.keys(values).sort());

  function set(field, value) {
    const list = [].concat(value);
    if (BOXES.has(field.type)) field.checked = list.includes(field.value);
    else if (field.multiple && field.options) for (const option of field.options) option.selected = list.includes(option.value);
    else field.value = list.length ? list[0] : "";
  }

  // Put values into the fields there are; return the fields that changed, with the folded parts around them open.
  function put(form, values) {
    return fieldsOf(form).filter((field) => {
      if (!(field.name in values) || isTotal(field.name)) return false;
      const before = [field.checked, field.value].join();
      set(field, values[field.name]);
      if ([field.checked, field.value].join() === before) return false;
      for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
      return true;
    });
  }

  // -- the server and this tab -----------------------------------------------------------------------------------------

  const addressOf = (key) => "/drafts/" + encodeURIComponent(key);
  const localName = (key) => ["draft", user, key].join(":");
  const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";

  function renewToken(fresh) {
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh }));
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => { field.value = fresh; });
  }

  // Ask the server; raises what it said when that was not a plain yes.
  async function ask(key, options) {
    const headers = { "X-Requested-With": "fetch", "X-CSRFToken": token(), "Content-Type": "application/json" };
    const answer = await fetch(addressOf(key), { cache: "no-store", ...options, headers });
    const signedOut = answer.status === 401 || answer.redirected;
    document.getElementById("signed-out").hidden = !signedOut;
    if (signedOut || !answer.ok) throw new Error(signedOut ? "401" : String(answer.status));
    return answer;
  }

  const fetchDraft = async (key) => (await ask(key, {})).json();

  function sendDraft(key, data, options) {
    if (Object.keys(data).length === 0) return ask(key, { method: "DELETE", ...options });
    return ask(key, { method: "POST", body: JSON.stringify(data), ...options });
  }

  // What other pages of this tab left here: sent and accepted, or somebody else's, is forgotten; the rest is sent now.
  function tidyTab(keysHere) {
    const accepted = (document.cookie.match(/(?:^|; )sent_draft=([^;]*)/) || [])[1];
    for (const name of Object.keys(sessionStorage).filter((one) => one.startsWith("draft:"))) {
      const [, owner, key] = name.split(":");
      const { page, data } = JSON.parse(sessionStorage.getItem(name));
      if (page === accepted || (user && owner !== user)) sessionStorage.removeItem(name);
      else if (user && data && !keysHere.has(key)) sendDraft(key, data, { keepalive: true }).then(() => sessionStorage.removeItem(name), () => {});
    }
  }

  const noteFrom = (id, at) => {
    const note = document.getElementById(id).content.firstElementChild.cloneNode(true);
    note.querySelectorAll("[data-at]").forEach((place) => { place.textContent = at; });
    return note;
  };

  // -- one form --------------------------------------------------------------------------------------------------------

  class Draft {
    constructor(form) {
      this.form = form;
      this.key = form.dataset.draft;
      this.page = Date.now().toString(36) + Math.random().toString(36).slice(2);
      this.held = JSON.parse(sessionStorage.getItem(localName(this.key)));
      this.isAnswered = isAnswer && Boolean(this.held);
      this.drawn = this.isAnswered ? null : valuesOf(form, true); // of an answer every field may have been typed
      this.touched = new Set(); // names of fields changed on this page
      this.again = {}; // put back and not touched since: put again into what is drawn later
      this.kept = "{}"; // what the server has
      this.ready = false; // whether what the server has is known: until then it is not written over
      this.failed = this.sending = this.putting = false;
      this.state = noteFrom("draft-state", "");
      form.append(this.state);
      for (const [name, value] of [["_draft", this.key], ["_draft_page", this.page]]) {
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      }
      this.listen();
    }

    listen() {
      const changed = (event) => this.changed(event.target.name);
      this.form.addEventListener("input", changed);
      this.form.addEventListener("change", changed);
      this.form.addEventListener("submit", () => this.submitted());
      this.form.addEventListener("htmx:afterSettle", () => this.putAgain());
      window.addEventListener("pagehide", () => this.save({ leaving: true }));
      window.addEventListener("pageshow", (event) => { if (event.persisted) this.sending = false; });
      document.addEventListener("visibilitychange", () => { if (document.hidden) this.save({ leaving: true }); });
      // a tab that is closed takes with it what only the tab keeps; a link or button of the page does not
      let clicked = -Infinity;
      document.addEventListener("click", (event) => { if (event.target.closest("a, button")) clicked = event.timeStamp; }, true);
      window.addEventListener("beforeunload", (event) => {
        if (this.failed && this.isUnsaved() && event.timeStamp - clicked > 1000) event.preventDefault();
      });
    }

    // -- what is typed now ---------------------------------------------------------------------------------------------

    // The fields that differ from the page as drawn, and the hidden ones that belong to them.
    typed() {
      const now = valuesOf(this.form), typed = {};
      const hidden = fieldsOf(this.form).filter((field) => field.type === "hidden").map((field) => field.name);
      for (const [name, value] of Object.entries(now).filter(([one]) => !hidden.includes(one))) {
        const before = this.drawn && (name in this.drawn ? this.drawn[name] : Array.isArray(value) ? [] : "");
        if (JSON.stringify(value) !== JSON.stringify(before)) typed[name] = value;
      }
      Object.assign(typed, this.again);
      if (Object.keys(typed).length) for (const name of hidden) if (!(name in typed)) typed[name] = now[name];
      return typed;
    }

    isUnsaved() { return !this.sending && textOf(this.typed()) !== this.kept; }

    changed(name) {
      if (!this.putting) { this.touched.add(name); delete this.again[name]; }
      this.saveIn(PAUSE);
    }

    saveIn(pause) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), pause);
    }

    hold(data) { sessionStorage.setItem(localName(this.key), JSON.stringify({ page: this.page, data })); }

    async save({ leaving = false } = {}) {
      clearTimeout(this.timer);
      if (!this.isUnsaved() || !(this.ready || this.failed)) return;
      const data = this.typed(), text = textOf(data);
      this.hold(data);
      if (!this.ready) return;
      this.flight = new AbortController();
      try {
        await sendDraft(this.key, data, { keepalive: leaving && new Blob([text]).size < KEEPALIVE_BYTES, signal: this.flight.signal });
        if (this.sending) return;
        this.kept = text;
        this.failed = false;
        sessionStorage.removeItem(localName(this.key));
        this.state.textContent = this.state.dataset.saved;
      } catch (error) {
        if (!this.sending) this.missed(error);
      }
    }

    missed(error) {
      this.failed = true;
      this.state.textContent = /^\d+$/.test(error.message) ? this.state.dataset.refused : this.state.dataset.unsaved;
      if (error.message === "403") fetchDraft(this.key).then((found) => renewToken(found.token), () => {}); // signed in again elsewhere
      if (error.message !== "401") this.saveIn(RETRY);
    }

    // Until it is known to be accepted, this tab keeps what is sent; nothing may reach the server later and be a draft again.
    submitted() {
      clearTimeout(this.timer);
      const data = this.typed();
      if (Object.keys(data).length) this.hold(data);
      this.kept = textOf(data);
      this.sending = true;
      if (this.flight) this.flight.abort();
    }

    // -- what was typed before -----------------------------------------------------------------------------------------

    begin() {
      if (this.isAnswered) this.start();
      else if (this.held) this.bring(this.held.data, new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
      else this.look();
    }

    async look() {
      try {
        const found = await fetchDraft(this.key);
        this.failed = false;
        this.bring(found.data || {}, found.at);
      } catch (error) {
        this.failed = true;
        setTimeout(() => this.look(), RETRY);
      }
    }

    bring(data, at) {
      if (Object.keys(data).length === 0) this.start();
      else if ("draftOffer" in this.form.dataset) this.offer(data, at);
      else this.start(() => this.putBack(data, at));
    }

    // From here on what is typed goes to the server.
    start(first = () => {}) {
      first();
      this.ready = true;
      if (!this.held && !this.touched.size) this.kept = textOf(this.typed());
      if (this.isUnsaved()) this.saveIn(0);
    }

    // The form waits until its reader has chosen: what was typed may be about somebody else.
    offer(data, at) {
      const note = noteFrom("draft-offer", at);
      const choose = (selector, then) => note.querySelector(selector).addEventListener("click", () => {
        note.remove();
        this.form.inert = false;
        this.start(then);
      });
      choose("[data-take]", () => this.putBack(data, at));
      choose("[data-discard]", () => {
        this.held = null;
        sessionStorage.removeItem(localName(this.key));
        if (!this.touched.size) ask(this.key, { method: "DELETE" }).catch(() => {}); // otherwise it is written over
      });
      this.form.inert = true;
      this.form.before(note);
      note.querySelector("[data-take]").focus();
    }

    putBack(data, at) {
      this.again = { ...data };
      for (const field of fieldsOf(this.form).filter((one) => this.touched.has(one.name) && one.name in data)) {
        if (field.type === "textarea" && field.value !== data[field.name]) field.value = [data[field.name], field.value].join("\n");
        delete this.again[field.name];
      }
      this.putting = true;
      for (const field of put(this.form, this.again)) {
        for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
      }
      this.putting = false;
      this.drawRows();
      const note = noteFrom("draft-note", at);
      note.querySelector("[data-discard]").addEventListener("click", () => {
        this.sending = true;
        sessionStorage.removeItem(localName(this.key));
        ask(this.key, { method: "DELETE" }).catch(() => {}).finally(() => location.reload());
      });
      this.form.before(note);
    }

    // Rows that the page does not show yet are drawn by the server, as when one is added by hand.
    drawRows() {
      const total = fieldsOf(this.form).find((field) => isTotal(field.name)), button = this.form.querySelector("[name=add_row]");
      if (!total || !button || !(Number(this.again[total.name]) > Number(total.value))) return;
      const there = total.value;
      total.value = Number(this.again[total.name]) - 1;
      button.addEventListener("htmx:afterRequest", (event) => { if (!event.detail.successful) total.value = there; }, { once: true });
      button.click();
    }

    putAgain() {
      for (const field of fieldsOf(this.form).filter((one) => isTotal(one.name))) {
        if (Number(field.value) >= Number(this.again[field.name])) delete this.again[field.name];
      }
      put(this.form, this.again);
    }
  }

  document.addEventListener("DOMContentLoaded", () => { // after htmx, which draws what depends on fields put back
    const forms = Array.from(document.querySelectorAll("form[data-draft]"));
    tidyTab(new Set(forms.map((form) => form.dataset.draft)));
    if (user) forms.forEach((form) => new Draft(form).begin());
  });
})();
