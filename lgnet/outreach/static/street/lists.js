// The lists: tonight's contacts, the people met, what is to be sent and what is to be mended.
import { byId, make } from "./dom.js";
import * as form from "./form.js";
import * as people from "./people.js";
import { hour, word } from "./words.js";

const MARKS = { unsent: "…", waiting: "…", applied: "✓", conflict: "!", refused: "!" };

/** @param {any} item @returns {HTMLElement} its state: a mark, and words */
export function stateOf(item) {
  const attributes = { class: `app-mark app-mark-${item.state}` };
  return make("span", attributes, `${MARKS[item.state]} ${word(`state_${item.state}`)}`);
}

const atOf = (op) => op.changes.occurred_at || op.made_at;
const isToday = (moment) => new Date(moment).toDateString() === new Date().toDateString();

/**
 * Contacts of tonight: of today, and before six in the morning those of yesterday evening too.
 * @param {any[]} items @param {any[]} faces
 */
export function drawTonight(items, faces) {
  const since = Date.now() - 12 * 3600_000;
  const isNight = new Date().getHours() < 6;
  const tonight = items.filter(({ op, state }) => {
    const at = atOf(op);
    return state !== "mended" && (isToday(at) || (isNight && Date.parse(at) > since));
  });
  tonight.sort((one, other) => atOf(other.op).localeCompare(atOf(one.op)));
  const rows = tonight.map((item) =>
    make("li", {}, make("span", {}, form.sentence(item.op, faces)), stateOf(item)),
  );
  byId("tonight").replaceChildren(...rows);
  byId("tonight-empty").hidden = rows.length > 0;
  byId("tonight-count").textContent = String(rows.length);
}

/** @param {any[]} faces @param {Record<string, string>} zones @param {string} text @param {(face: any) => void} onMet */
export function drawPeople(faces, zones, text, onMet) {
  const rows = people.search(faces, zones, text).map((face) => {
    const button = make("button", { type: "button", class: "btn app-second", onclick: () => onMet(face) }, word("met_again"));
    return make("li", {}, make("span", { class: "app-face" }, ...form.faceWords(face)), button);
  });
  byId("people").replaceChildren(...rows);
  byId("people-empty").hidden = rows.length > 0;
}

/** @param {string} id @param {any[]} rows of elements  Fill a list of the screen of what is to be sent. */
function fill(id, rows) {
  byId(id).replaceChildren(...rows);
  byId(`${id}-part`).hidden = rows.length === 0;
}

/**
 * @param {any[]} items @param {any[]} faces @param {any[]} chosen
 * @param {{undo: (item: any) => void, mend: (item: any) => void, again: (item: any) => void}} act
 */
export function drawOutbox(items, faces, chosen, act) {
  const line = (item, ...more) =>
    make("li", {}, make("span", {}, form.sentence(item.op, faces)), stateOf(item), ...more);
  const button = (text, run) => make("button", { type: "button", class: "btn app-second", onclick: run }, word(text));
  const reason = (item) => make("p", { class: "app-reason" }, item.answer?.reason || "");
  const onServer = ({ id, answer }) =>
    answer?.kept === false ? "" : make("a", { href: `/street/attention/${id}`, class: "btn app-second" }, word("on_page"));
  const of = (state) => items.filter((item) => item.state === state);
  fill("unsent", of("unsent").map((item) => line(item, item.tried ? "" : button("undo", () => act.undo(item)))));
  fill("waiting", of("waiting").map((item) => line(item, make("p", { class: "app-reason" }, word("waiting_why")))));
  fill(
    "refused",
    of("refused").map((item) =>
      line(item, reason(item), button("mend", () => act.mend(item)), button("send_again", () => act.again(item)), onServer(item)),
    ),
  );
  fill(
    "conflict",
    of("conflict").map((item) =>
      line(item, make("a", { href: "/street/conflicts", class: "btn app-second" }, word("look"))),
    ),
  );
  fill(
    "chosen",
    chosen.map((one) =>
      make("li", {}, make("a", { href: `/street/${one.record}` }, word("chosen_by", { by: one.by, at: hour(one.at) }))),
    ),
  );
  byId("outbox-empty").hidden = items.some((item) => !["applied", "mended"].includes(item.state));
}
