// The server's own form: filled with what this phone knows, read as it submits, kept while it is being written.
import { differences } from "./contacts.js";
import { byId, make, tell } from "./dom.js";
import * as people from "./people.js";
import * as store from "./store.js";
import * as vault from "./vault.js";
import { day, hour, word } from "./words.js";

const LISTS = ["needs", "given"]; // every other field has one value
const HELPERS = ["q_met", "q_registered"];
const form = () => byId("contact");
const field = (name) => form().elements.namedItem(name);

/** What is written: a new contact, or the correction of one.
 * @typedef {{about: any, names: string[], before: Record<string, any>, kind: string}} Correction  `about`: of the operation
 * @typedef {{mends?: any, corrects?: Correction}} Purpose
 *
 * `wanted`: who is chosen as it opens, by field, though not among those shown first.
 * `isWritten`: something was typed, or brought here from elsewhere, that would be lost.
 * @type {{places: any, faces: any[], zones: any, began: string, purpose: Purpose, isWritten: boolean, wanted: any}}
 */
const now = { places: undefined, faces: [], zones: {}, began: "", purpose: {}, isWritten: false, wanted: {} };

/** @param {any} places @param {any[]} faces  What the choices are made of. */
export function know(places, faces) {
  now.places = places;
  now.faces = faces;
  now.zones = Object.fromEntries((places?.zones || []).map((zone) => [zone.id, zone.name]));
  offer(field("team"), places?.units || []);
  field("team").closest(".lg-field").hidden = (places?.units || []).length < 2;
  offerZones();
  showPeople();
}

function offer(select, rows, empty = "") {
  const chosen = select.value;
  select.replaceChildren(...rows.map((row) => make("option", { value: row.id }, row.name)));
  if (empty) select.prepend(make("option", { value: "" }, empty));
  if (rows.some((row) => row.id === chosen)) select.value = chosen;
}

function offerZones() {
  const unit = field("team").value;
  const zones = (now.places?.zones || []).filter((zone) => zone.unit_ids.includes(unit));
  offer(field("zone"), zones, word("choose_zone"));
}

/** Draw the people that fit what is typed; whoever is chosen stays among them. */
function showPeople() {
  const unit = field("team").value;
  const here = now.faces.filter((face) => face.unit === unit);
  const registered = here.filter((face) => face.person);
  drawFaces("met", "earlier", here, (face) => face.earlier);
  drawFaces("registered", "person", registered, (face) => face.person);
}

function drawFaces(place, name, faces, idOf) {
  const chosen = form().querySelector(`input[name=${name}]:checked`)?.value || now.wanted[name];
  const found = people.search(faces, now.zones, field(`q_${place}`).value, 12);
  const one = faces.find((face) => idOf(face) === chosen);
  if (one && !found.includes(one)) found.unshift(one);
  const rows = found.map((face) => {
    const id = `${name}-${idOf(face)}`;
    const box = make("input", { type: "radio", name, value: idOf(face), id });
    box.checked = idOf(face) === chosen;
    return make("div", { class: "pick-row" }, box, make("label", { for: id }, ...faceWords(face)));
  });
  const empty = make("p", { class: "app-hint" }, word("nobody_found"));
  byId(place).replaceChildren(...(rows.length ? rows : [empty]));
}

/** @param {any} face @returns {Node[]} what somebody is called, and when and where last met */
export function faceWords(face) {
  const last = word("last_met", { day: day(face.last_day), zone: now.zones[face.zone] || "" });
  return [make("strong", {}, face.called || word("somebody_with_card")), make("span", {}, last)];
}

/** @param {string} id @returns {string} the name of a zone */
export const zoneName = (id) => now.zones[id] || "";

const localMinute = (moment) => {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
};

/** Begin anew: now, in the zone of before. @param {Record<string, any>} usual values to begin with
 * @param {Purpose} purpose @param {Record<string, string>} errors */
export function begin(usual = {}, purpose = {}, errors = {}) {
  reset();
  setPurpose(purpose);
  now.wanted = { earlier: usual.earlier, person: usual.person };
  now.isWritten = "who" in usual;
  offerZones();
  now.began = localMinute(new Date());
  field("occurred_at").value = now.began;
  set(usual);
  showPeople();
  set(usual);
  showPosition();
  showErrors(errors);
  byId("screen-new").querySelector(".street-where").open = !field("zone").value || "occurred_at" in errors;
  showWhere();
}

const POSITION = ["latitude", "longitude"];

/** Empty every field, those that nobody sees too. */
function reset() {
  form().reset();
  for (const name of POSITION) if (field(name)) field(name).value = "";
  showPosition();
}

/** Say which position is noted, as the button beside it does. */
function showPosition() {
  if (!byId("position-said")) return;
  const [latitude, longitude] = POSITION.map((name) => field(name).value);
  byId("position-said").textContent = latitude ? `${latitude}, ${longitude}` : "";
  byId("position-drop").hidden = !latitude;
}

/** Say in the heading and on the button what is written; a correction has no more fields than its page. */
function setPurpose(purpose) {
  const { corrects } = (now.purpose = purpose);
  if (corrects) form().dataset.corrects = corrects.kind;
  else delete form().dataset.corrects;
  byId("screen-new").querySelector("h1").textContent = word(corrects ? "correct_contact" : "new_contact");
  form().querySelector(".street-save .btn-primary").textContent = word(corrects ? "save_correction" : "record_contact");
}

/** @param {Record<string, any>} values by the name of the field */
function set(values) {
  for (const [name, value] of Object.entries(values)) {
    const control = field(name);
    if (!control) continue;
    if (control instanceof RadioNodeList || control.type === "radio" || control.type === "checkbox") {
      const wanted = [value].flat().map(String);
      for (const box of form().querySelectorAll(`input[name=${name}]`)) box.checked = wanted.includes(box.value);
    } else if (name === "occurred_at") {
      control.value = value.length > 16 ? localMinute(new Date(value)) : value;
      now.began = "";
    } else {
      control.value = value;
      if (name === "team") offerZones();
    }
  }
}

function showWhere() {
  const zone = zoneName(field("zone").value);
  const at = field("occurred_at").value;
  byId("where-now").textContent = zone && `${zone}, ${at === now.began ? word("now") : at.replace("T", " ")}`;
}

/** @returns {Record<string, any>} every field that holds something, as it stands */
function typed() {
  const values = {};
  for (const [name, value] of new FormData(form())) {
    if (LISTS.includes(name)) values[name] = [...(values[name] || []), value];
    else if (value !== "") values[name] = value;
  }
  return values;
}

/** @returns {{changes: Record<string, any>, base?: any, errors: Record<string, string>} & Purpose} what is to be recorded */
export function read() {
  const values = typed();
  const { corrects } = now.purpose;
  if (corrects) {
    const errors = values.zone ? {} : { zone: word("need_zone") };
    return { ...differences(corrects.names, corrects.before, values), errors, ...now.purpose };
  }
  const belongs = { nickname: "nickname", earlier: "met", person: "registered", head_count: "group" };
  for (const [name, who] of Object.entries(belongs)) if (values.who !== who) delete values[name];
  for (const name of HELPERS) delete values[name];
  const errors = {};
  if (!values.zone) errors.zone = word("need_zone");
  if (values.who === "nickname" && !values.nickname?.trim()) errors.nickname = word("need_nickname");
  if (values.who === "met" && !values.earlier) errors.earlier = word("need_earlier");
  if (values.who === "registered" && !values.person) errors.person = word("need_person");
  if (values.who === "group" && !(Number(values.head_count) > 1)) errors.head_count = word("need_group");
  const at = values.occurred_at && values.occurred_at !== now.began ? new Date(values.occurred_at) : new Date();
  return { changes: { ...values, occurred_at: at.toISOString() }, errors, ...now.purpose };
}

/** @param {Record<string, string>} errors by field; the first is gone to */
export function showErrors(errors) {
  for (const old of form().querySelectorAll(".app-error")) old.remove();
  const texts = Object.entries(errors);
  tell("form-problem", texts.map(([, text]) => text).join(" "));
  for (const [name, text] of texts) {
    const place = { earlier: byId("met"), person: byId("registered") }[name];
    const control = place || byId(`id_${name}`) || form().querySelector(`[name=${name}]`);
    control?.closest("details")?.setAttribute("open", "");
    control?.before(make("p", { class: "lg-error app-error" }, text));
  }
  if (texts.length) byId("form-problem").scrollIntoView({ block: "center" });
}

/** Keep what is being written, encrypted. */
export async function keepDraft() {
  if (!vault.isOpen() || !now.isWritten) return;
  const box = await vault.sealed({ values: typed(), purpose: now.purpose, began: now.began }, "sealed/draft");
  if (now.isWritten) await store.put("sealed", "draft", box); // unless it was saved or discarded meanwhile
}

export const isWritten = () => now.isWritten;

/** @param {boolean} is  Say whether the form holds something that would be lost: not while it is being saved. */
export const setWritten = (is) => (now.isWritten = is);

/** @returns {Promise<boolean>} whether something was being written, and is back */
export async function bringBackDraft() {
  const draft = await vault.kept("draft");
  if (!draft) return false;
  begin(draft.values, draft.purpose || { mends: draft.mends });
  if (draft.values.occurred_at === draft.began) {
    now.began = draft.began;
    showWhere();
  }
  return true;
}

/** Empty the form, so that nothing of it is left on a locked screen. */
export function clear() {
  reset();
  for (const place of ["met", "registered"]) byId(place).replaceChildren();
  now.faces = [];
  now.wanted = {};
  setPurpose({});
  now.isWritten = false;
}

/** @param {(event: string) => void} listener called after each change  Listen to what is typed. */
export function listen(listener) {
  form().addEventListener("input", (event) => {
    now.isWritten = true;
    if (HELPERS.includes(event.target.name)) showPeople();
    if (event.target.name === "team") {
      offerZones();
      showPeople();
    }
    showWhere();
    listener("input");
  });
}

/** @param {Record<string, any>} values @param {any[]} faces @returns {string} what somebody of a contact is called */
export function calledOf({ who, nickname, earlier, person, head_count: n }, faces) {
  const face = faces.find((one) => (who === "met" ? one.earlier === earlier : one.person === person));
  const called = { met: face?.called, registered: face?.called, group: n && word("group_of", { n }) }[who];
  return called || nickname || word("somebody");
}

/** @param {any} op @param {any[]} faces @param {Record<string, any>} values @returns {string} a contact in one line */
export function sentence(op, faces, values = op.changes) {
  return [calledOf(values, faces), zoneName(values.zone), hour(values.occurred_at || op.made_at)].filter(Boolean).join(", ");
}

/** @param {string} name of a field @param {any} value @returns {[string, string]} its label and the value, as the form has them */
export function inWords(name, value) {
  const one = form().querySelector(`[name=${name}]`);
  const label = one.closest("fieldset")?.querySelector("legend") || form().querySelector(`label[for="${one.id}"]`);
  const texts = [value].flat().map((code) => {
    const box = [...form().querySelectorAll(`input[name=${name}]`)].find((each) => each.value === String(code));
    const option = one instanceof HTMLSelectElement && [...one.options].find((each) => each.value === code);
    return (option || (box && form().querySelector(`label[for="${box.id}"]`)))?.textContent.trim() || String(code);
  });
  return [label?.firstChild?.textContent.trim() || name, texts.join(", ")];
}
