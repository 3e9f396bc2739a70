// Sending somebody on with no signal: where to and why; then the card, in the person's language, to be shown.
import { byId, make, tell } from "./dom.js";
import * as form from "./form.js";
import { contactOf, now } from "./now.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import * as vault from "./vault.js";
import { word } from "./words.js";

const MOST_SHOWN = 100; // cards whose codes are kept apart, so that no code is ever shown to two
const CARD_WORDS = JSON.parse(byId("card-words").textContent);
const QR = byId("card-qr");
const fields = () => byId("refer").elements;
const draftOf = (id) => `draft-refer/${id}`;

/** @type {() => Promise<void>} */
let changed = async () => {};
const open = { id: "", mends: undefined, timer: 0 };

/** @param {() => Promise<void>} listener called when a card was given */
export function listen(listener) {
  changed = listener;
  byId("refer").addEventListener("submit", submit);
  byId("refer").addEventListener("input", () => {
    clearTimeout(open.timer);
    open.timer = setTimeout(() => keepDraft().catch(() => {}), 400);
  });
  byId("card-language").addEventListener("change", () => drawCard(contactOf(byId("screen-card").dataset.id)));
}

/** @param {any} contact @returns {boolean} whether a card can be given: to one person, who has none */
export const mayRefer = ({ values, card }) => values.who !== "group" && !card;

/** @param {any} contact @param {any} op that was refused @param {Record<string, string>} errors */
export async function mend(contact, op, errors) {
  await show(contact, { id: contact.id, values: op.changes, mends: op });
  tell("refer-problem", Object.values(errors).join(" "));
  location.hash = `#refer/${contact.id}`;
}

/** @param {any} contact @param {any} given  Open the form, with what was being written for this contact. */
export async function show(contact, given = undefined) {
  if (open.id === contact.id && !given) return;
  await keepDraft(); // of the contact that was open
  const mine = given || (await vault.kept(draftOf(contact.id))) || { values: {} };
  byId("refer").reset();
  Object.assign(open, { id: contact.id, mends: mine.mends });
  drawReceivers(contact, mine.values.to_team);
  fields().need.value = mine.values.need ?? contact.values.needs?.[0] ?? "";
  fields().reason.value = mine.values.reason || "";
  byId("refer-back").href = `#one/${contact.id}`;
  tell("refer-who", form.sentence(contact.item.op, now.faces, contact.values));
  tell("refer-problem", (await blanks()).length || mine.mends ? "" : word("no_codes"));
}

function drawReceivers({ values }, chosen) {
  const rows = (now.places?.receivers || []).filter((one) => one.unit_ids.includes(values.team));
  const boxes = rows.map((one, place) => {
    const box = make("input", { type: "radio", name: "to_team", value: one.id, id: `to-${one.id}` });
    box.checked = chosen ? one.id === chosen : place === 0;
    const where = [one.place, one.address, one.hours].filter(Boolean).join(" · ");
    return make("div", { class: "pick-row" }, box, make("label", { for: box.id }, make("strong", {}, one.name), make("span", {}, where)));
  });
  byId("receivers").replaceChildren(...boxes);
}

const typed = () => Object.fromEntries([...new FormData(byId("refer"))].filter(([, value]) => value !== ""));

/** Keep what is being written, encrypted. */
export async function keepDraft() {
  if (vault.isOpen() && open.id) await vault.keep(draftOf(open.id), { values: typed(), mends: open.mends });
}

/** Empty the form and the card. */
export function clear() {
  byId("refer").reset();
  clearTimeout(open.timer);
  Object.assign(open, { id: "", mends: undefined });
  for (const id of ["receivers", "refer-who", "card"]) byId(id).replaceChildren();
}

/** @returns {Promise<any[]>} codes that the server gave this phone and nobody was shown */
async function blanks() {
  const shown = (await vault.kept("shown")) || [];
  return (now.places?.cards || []).filter(({ code }) => !shown.some((one) => one.code === code));
}

async function submit(event) {
  event.preventDefault();
  const contact = contactOf(open.id);
  const values = typed();
  if (!contact || !values.to_team) return tell("refer-problem", word("need_receiver"));
  const button = byId("refer").querySelector("button.btn-primary");
  button.disabled = true;
  clearTimeout(open.timer);
  try {
    if (!(await give(contact, values))) return tell("refer-problem", word("no_codes"));
    clear();
    await changed();
    location.hash = `#card/${contact.id}`;
    sync.flush();
  } catch (error) {
    tell("refer-problem", word(store.isFull(error) ? "full" : "not_saved"));
  } finally {
    button.disabled = false;
  }
}

/** One window at a time takes a code; the card and that its code was shown are written in one moment. */
function give(contact, values) {
  return navigator.locks.request("lgnet-street-card", async () => {
    const shown = (await vault.kept("shown")) || [];
    const before = open.mends?.changes.code;
    const isCodeWrong = open.mends && now.items.find(({ id }) => id === open.mends.id)?.answer?.errors?.code;
    const old = !isCodeWrong && shown.find(({ code }) => code === before);
    const blank = old || (await blanks())[0];
    if (!blank) return undefined;
    const keeps = { shown: [blank, ...shown.filter((one) => one !== blank)].slice(0, MOST_SHOWN) };
    const how = { about: outbox.later(contact, "contact.refer"), mends: open.mends, endsDraft: draftOf(contact.id), keeps };
    return outbox.record({ ...values, code: blank.code }, how);
  });
}

/** @param {any} contact  Show its card. */
export async function showCard(contact) {
  const face = now.faces.find(({ earlier }) => earlier === contact.id);
  const spoken = contact.values.language || face?.language;
  const language = !spoken ? document.documentElement.lang : spoken in CARD_WORDS ? spoken : "other";
  if (byId("screen-card").dataset.id !== contact.id) byId("card-language").value = language;
  byId("screen-card").dataset.id = contact.id;
  await drawCard(contact);
}

async function drawCard(contact) {
  const { to_team: team, code } = contact.card.op.changes;
  const place = (now.places?.receivers || []).find((one) => one.id === team) || { name: "" };
  const blank = ((await vault.kept("shown")) || []).find((one) => one.code === code);
  const language = byId("card-language").value;
  const { words, direction } = CARD_WORDS[language];
  const line = (label, text) => (text ? [make("dt", {}, words[label]), make("dd", {}, make("bdi", { lang: "it" }, text))] : []);
  const card = byId("card");
  const isExpected = place.kind !== "outside"; // for a service outside of the network the card promises nothing
  Object.assign(card, { lang: language === "other" ? "en" : language, dir: direction });
  card.replaceChildren(
    make("h2", {}, isExpected ? words.title : words.show_at),
    make("p", { class: "card-place", lang: "it", dir: "ltr" }, place.name),
    make("p", {}, words.code),
    make("p", { class: "card-code", dir: "ltr" }, ...[...code].map((sign) => make("span", {}, sign))),
    ...(blank ? [drawCode(blank)] : []),
    make("dl", {}, ...line("place", place.place), ...line("address", place.address), ...line("hours", place.hours)),
    ...(isExpected ? [words.free, words.no_names] : []).map((text) => make("p", {}, text)),
    make("p", {}, words.valid),
  );
}

/** The QR code as the server drew it. */
function drawCode({ size, path }) {
  QR.setAttribute("viewBox", `0 0 ${size} ${size}`);
  QR.firstElementChild.setAttribute("d", path);
  return QR;
}
