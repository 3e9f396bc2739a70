// What is being written: a new contact, the correction of one, something that needs mending; saved, taken back, discarded.
import { correctable, kindOf } from "./contacts.js";
import { byId, make, tell } from "./dom.js";
import * as form from "./form.js";
import { contactOf, now } from "./now.js";
import * as outbox from "./outbox.js";
import * as pictures from "./pictures.js";
import * as queue from "./queue.js";
import * as referring from "./referring.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import { count, word } from "./words.js";

/** @type {() => Promise<void>} called after each change of what is kept */
let changed = async () => {};
let opening; // what the form is opened with: values, its purpose, its errors
let draftTimer = 0;

/** @param {() => Promise<void>} listener called when something was saved or taken back */
export function listen(listener) {
  changed = listener;
  byId("contact").addEventListener("submit", submit);
  byId("discard").addEventListener("click", discard);
  form.listen(() => {
    clearTimeout(draftTimer);
    draftTimer = setTimeout(() => form.keepDraft().catch(() => {}), 400);
  });
}

/** Open the form: with what was being written, with what somebody wants to write, or empty. */
export async function openForm() {
  form.know(now.places, now.faces);
  const given = opening;
  opening = undefined;
  const isBack = form.isWritten() || (await form.bringBackDraft());
  if (isBack && given) tell("form-problem", word("draft_first"));
  else if (given) form.begin(given.values, given.purpose, given.errors);
  else if (!isBack) form.begin(lastPlace());
}

/** The unit and the zone of the latest contact of the last hours: units stay in a place for a while. */
function lastPlace() {
  const latest = now.contacts.at(-1);
  if (!latest || Date.now() - queue.madeAt(latest.item.id) > 12 * 3600_000) return {};
  return { team: latest.values.team, zone: latest.values.zone };
}

function openWith(values, purpose, errors) {
  opening = { values, purpose, errors };
  if (location.hash === "#new") openForm();
  else location.hash = "#new";
}

/** @param {any} face  Begin a contact with somebody met before. */
export const metAgain = (face) =>
  openWith({ ...lastPlace(), team: face.unit, who: "met", earlier: face.earlier }, {}, {});

/** @param {any} contact @param {Record<string, any>} typed besides what is recorded @param {any} mends @param {any} errors */
export function correct(contact, typed = {}, mends = undefined, errors = {}) {
  const kind = kindOf(contact, now.faces);
  const { values: before } = contact;
  const corrects = { about: outbox.later(contact, "contact.change"), names: correctable(now.places, kind), before, kind };
  openWith({ ...before, ...typed }, { corrects, mends }, errors);
}

/** @param {any} item that the server could not accept  Open it as it was made, with what is to be mended. */
export function mend(item) {
  const { op, answer } = item;
  reopen(op, op, answer?.errors || {});
}

function reopen(op, mends, errors) {
  const contact = contactOf(op.record_id);
  if (op.kind === "contact.refer") return contact && referring.mend(contact, op, errors);
  if (op.kind === "contact.record") return openWith(op.changes, { mends }, errors);
  if (contact) correct(contact, op.changes, mends, errors);
}

async function submit(event) {
  event.preventDefault();
  const { changes, base, errors, mends, corrects } = form.read();
  if (Object.keys(errors).length) return form.showErrors(errors);
  if (corrects && !Object.keys(changes).length) return tell("form-problem", word("nothing_changed"));
  const button = byId("contact").querySelector(".street-save button");
  if (button.disabled) return;
  button.disabled = true;
  try {
    clearTimeout(draftTimer);
    form.setWritten(false);
    const about = corrects && { ...corrects.about, base };
    const op = await outbox.record(changes, { about, mends, endsDraft: "draft" });
    now.unsent += 1;
    tell("state", count("unsent", now.unsent)); // at once; the rest of the line follows
    if (corrects) tellSaved(word("corrected", { what: form.sentence(op, now.faces, { ...corrects.before, ...changes }) }), op);
    else tellSaved(word("saved", { what: form.sentence(op, now.faces) }), op);
    form.clear();
    location.hash = "#home";
    await changed();
    sync.flush();
  } catch (error) {
    form.setWritten(true);
    tell("form-problem", store.isFull(error) ? word("full") : word("not_saved"));
    byId("form-problem").scrollIntoView({ block: "center" });
  } finally {
    button.disabled = false;
  }
}

/** @param {string} text @param {any} op  Say what was saved, with a way to take it back while it has not been sent. */
export function tellSaved(text, op = undefined) {
  const undo = () => make("button", { type: "button", class: "btn app-second", onclick: () => takeBack({ id: op.id }) }, word("undo"));
  byId("saved").replaceChildren(make("span", {}, text), op ? undo() : "");
  byId("saved").hidden = false;
  byId("saved").dataset.id = op?.id || "";
}

/** @param {{id: string}} item  Take it back into the form, while nothing builds on it and it was not sent. */
export async function takeBack(item) {
  const known = now.contacts.find((one) => one.item.id === item.id);
  const hasPicture = known && (await pictures.list()).some((one) => one.contact === known.id);
  const { op, isBuiltOn } = hasPicture ? { isBuiltOn: true } : await queue.undo(item.id);
  byId("saved").hidden = true;
  const mends = op?.mends && now.items.find((one) => one.id === op.mends)?.op;
  await changed();
  if (op) reopen(op, mends, {});
  else tellSaved(word(isBuiltOn ? "built_on" : "too_late"));
}

/** @param {any} item that was refused  Send the same once more. */
export async function sendAgain(item) {
  await outbox.again(item);
  await changed();
  sync.flush(true);
}

async function discard() {
  clearTimeout(draftTimer);
  form.clear();
  await store.remove("sealed", "draft");
  location.hash = "#home";
}
