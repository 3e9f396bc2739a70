// The server's own form: filled with what this phone knows, read as it submits, kept while it is being written.
import { byId, make, tell } from "./dom.js";
import * as people from "./people.js";
import * as store from "./store.js";
import * as vault from "./vault.js";
import { day, hour, word } from "./words.js";

const LISTS = ["needs", "given"]; // every other field has one value
const HELPERS = ["q_met", "q_registered"];
const form = () => byId("contact");
const field = (name) => form().elements.namedItem(name);

/** `wanted`: who is chosen as it opens, by field, though not among those shown first.
 * `isWritten`: something was typed, or brought here from elsewhere, that would be lost.
 */
const now = { places: undefined, faces: [], zones: {}, began: "", mends: undefined, isWritten: false, wanted: {} };

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

/** Begin anew: now, in the zone of before. @param {Record<string, any>} usual values to begin with */
export function begin(usual = {}, mends = undefined, errors = {}) {
  form().reset();
  now.mends = mends;
  now.wanted = { earlier: usual.earlier, person: usual.person };
  now.isWritten = "who" in usual;
  offerZones();
  now.began = localMinute(new Date());
  field("occurred_at").value = now.began;
  set(usual);
  showPeople();
  set(usual);
  showErrors(errors);
  byId("screen-new").querySelector(".street-where").open = !field("zone").value || "occurred_at" in errors;
  showWhere();
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

/** @returns {{changes: Record<string, any>, errors: Record<string, string>, mends: any}} what is to be recorded */
export function read() {
  const values = typed();
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
  return { changes: { ...values, occurred_at: at.toISOString() }, errors, mends: now.mends };
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
  const box = await vault.sealed({ values: typed(), mends: now.mends, began: now.began }, "sealed/draft");
  if (now.isWritten) await store.put("sealed", "draft", box); // unless it was saved or discarded meanwhile
}

export const isWritten = () => now.isWritten;

/** @param {boolean} is  Say whether the form holds something that would be lost: not while it is being saved. */
export const setWritten = (is) => (now.isWritten = is);

/** @returns {Promise<boolean>} whether something was being written, and is back */
export async function bringBackDraft() {
  const draft = await vault.kept("draft");
  if (!draft) return false;
  begin(draft.values, draft.mends);
  if (draft.values.occurred_at === draft.began) {
    now.began = draft.began;
    showWhere();
  }
  return true;
}

/** Empty the form, so that nothing of it is left on a locked screen. */
export function clear() {
  form().reset();
  for (const place of ["met", "registered"]) byId(place).replaceChildren();
  now.faces = [];
  now.wanted = {};
  now.mends = undefined;
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

/** @param {any} op @returns {string} a contact in one line */
export function sentence(op, faces) {
  const { who, nickname, earlier, person, head_count: n, zone, occurred_at: at } = op.changes;
  const face = faces.find((one) => (who === "met" ? one.earlier === earlier : one.person === person));
  const called = { nickname, met: face?.called, registered: face?.called, group: n && word("group_of", { n }) }[who];
  return [called || word("somebody"), zoneName(zone), hour(at || op.made_at)].filter(Boolean).join(", ");
}
