// The lists: tonight's contacts, the people met, what is to be sent and what is to be mended.
import { byId, make } from "./dom.js";
import * as form from "./form.js";
import { contactOf, now, zones } from "./now.js";
import * as people from "./people.js";
import * as picturing from "./picturing.js";
import { hour, word } from "./words.js";

const MARKS = { unsent: "…", waiting: "…", applied: "✓", conflict: "!", refused: "!" };
const OF_KIND = { "contact.change": "correction_of", "contact.refer": "card_of" };

/** @param {{state: string}} one @returns {HTMLElement} its state: a mark, and words */
export function stateOf({ state }) {
  const attributes = { class: `app-mark app-mark-${state}` };
  return make("span", attributes, `${MARKS[state]} ${word(`state_${state}`)}`);
}

const atOf = ({ item, values }) => values.occurred_at || item.op.made_at;
const isToday = (moment) => new Date(moment).toDateString() === new Date().toDateString();

/** Contacts of tonight: of today, and before six in the morning those of yesterday evening too. */
export function drawTonight() {
  const since = Date.now() - 12 * 3600_000;
  const isNight = new Date().getHours() < 6;
  const tonight = now.contacts.filter((one) => isToday(atOf(one)) || (isNight && Date.parse(atOf(one)) > since));
  tonight.sort((one, other) => atOf(other).localeCompare(atOf(one)));
  const rows = tonight.map((one) =>
    make("li", {}, make("a", { href: `#one/${one.id}` }, form.sentence(one.item.op, now.faces, one.values)), stateOf(one)),
  );
  byId("tonight").replaceChildren(...rows);
  byId("tonight-empty").hidden = rows.length > 0;
  byId("tonight-count").textContent = String(rows.length);
}

/** @param {string} text @param {(face: any) => void} onMet */
export function drawPeople(text, onMet) {
  const rows = people.search(now.faces, zones(), text).map((face) => {
    const button = make("button", { type: "button", class: "btn app-second", onclick: () => onMet(face) }, word("met_again"));
    return make("li", {}, make("span", { class: "app-face" }, ...form.faceWords(face)), button);
  });
  byId("people").replaceChildren(...rows);
  byId("people-empty").hidden = rows.length > 0;
}

/** @param {any} op @returns {string} what was done, in one line */
function whatOf(op) {
  const kind = OF_KIND[op.kind];
  return kind ? word(kind, { what: whose(op.record_id) }) : form.sentence(op, now.faces, contactOf(op.record_id)?.values);
}

function whose(id) {
  const contact = contactOf(id);
  return contact ? form.sentence(contact.item.op, now.faces, contact.values) : word("earlier_contact");
}

/** @param {any} item with a conflict @returns {any} the choice that a colleague has made of one of its values, if any */
export const choiceOf = (item) =>
  now.chosen.find((one) => one.record === item.op.record_id && item.answer?.fields?.[one.field] === "conflict");

/** @param {string} id @param {any[]} rows of elements  Fill a list of the screen of what is to be sent. */
function fill(id, rows) {
  byId(id).replaceChildren(...rows);
  byId(`${id}-part`).hidden = rows.length === 0;
}

/** @param {{undo: (item: any) => void, mend: (item: any) => void, again: (item: any) => void, changed: () => Promise<void>}} act */
export function drawOutbox(act) {
  const line = (item, ...more) => make("li", {}, make("span", {}, whatOf(item.op)), stateOf(item), ...more);
  const button = (text, run) => make("button", { type: "button", class: "btn app-second", onclick: run }, word(text));
  const note = (text) => make("p", { class: "app-reason" }, text);
  const onServer = ({ id, answer }) =>
    answer?.kept === false ? "" : make("a", { href: `/street/attention/${id}`, class: "btn app-second" }, word("on_page"));
  const undo = (item) => (item.tried || item.op.kind === "contact.refer" ? "" : button("undo", () => act.undo(item)));
  const of = (state) => now.items.filter((item) => item.state === state);
  const mended = (item) => line(item, note(item.answer?.reason || ""), button("mend", () => act.mend(item)), button("send_again", () => act.again(item)), onServer(item));
  const toChoose = (item) => {
    const choice = choiceOf(item);
    const look = make("a", { href: "/street/conflicts", class: "btn app-second" }, word("look"));
    return choice ? line(item, note(word("chosen_already", { by: choice.by, at: hour(choice.at) }))) : line(item, look);
  };
  const pictures = now.pictures.filter(({ state }) => state === "unsent");
  const pictureLine = (one) => make("li", {}, make("span", {}, word("picture_of", { what: whose(one.contact) })), stateOf(one));
  fill("unsent", [...of("unsent").map((item) => line(item, undo(item))), ...pictures.map(pictureLine)]);
  fill("waiting", of("waiting").map((item) => line(item, note(word("waiting_why")))));
  fill("refused", [...of("refused").map(mended), ...picturing.refusedRows(now.pictures, whose, act.changed)]);
  fill("conflict", of("conflict").map(toChoose));
  fill("chosen", now.chosen.map(chosenLine));
  const isOpen = [...now.items, ...now.pictures].some(({ state }) => !["applied", "mended"].includes(state));
  byId("outbox-empty").hidden = isOpen;
}

function chosenLine(one) {
  return make("li", {}, make("a", { href: `/street/${one.record}` }, word("chosen_by", { by: one.by, at: hour(one.at) })));
}
