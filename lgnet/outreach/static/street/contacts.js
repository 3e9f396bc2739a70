// Contacts recorded on this phone as they stand: the recording with the corrections made since; and what a correction is.

/** @typedef {import("./queue.js").Item} Item */
/**
 * `item` recorded it, `items` are all about it, the oldest first; `values` are its fields now; `card` gave a card.
 * @typedef {{id: string, item: Item, items: Item[], values: Record<string, any>, card: Item|undefined, state: string}} Known
 */
const LISTS = ["needs", "given"]; // every other field has one value
const WORST_FIRST = ["refused", "conflict", "unsent", "waiting", "applied"];

/** @param {Item[]} items the oldest first @returns {Known[]} */
export function gather(items) {
  const found = new Map();
  for (const item of items.filter(({ state }) => state !== "mended")) {
    const { kind, record_id: id, changes } = item.op;
    if (kind === "contact.record") found.set(id, { id, item, items: [], values: { ...changes }, card: undefined });
    const known = found.get(id);
    if (!known) continue; // recorded elsewhere, or long ago
    known.items.push(item);
    if (kind === "contact.change" && item.state !== "refused") Object.assign(known.values, changes);
    if (kind === "contact.refer") known.card = item;
  }
  const stateOf = (one) => WORST_FIRST.find((state) => one.items.some((item) => item.state === state));
  return [...found.values()].map((one) => ({ ...one, state: stateOf(one) }));
}

/** @param {Known} contact @param {any[]} faces @returns {"person"|"group"|"one"} whom it was with */
export function kindOf({ values }, faces) {
  if (values.who === "group") return "group";
  const face = values.who === "met" && faces.find((one) => one.earlier === values.earlier);
  return values.who === "registered" || face?.person ? "person" : "one";
}

/** @param {any} places @param {string} kind of `kindOf` @returns {string[]} the fields that can be corrected */
export function correctable(places, kind) {
  const fixed = { person: ["nickname", "head_count"], group: ["nickname"], one: ["head_count"] }[kind];
  return (places?.kinds["contact.change"] || []).filter((name) => !fixed.includes(name));
}

/**
 * What was corrected: only fields that differ, each with the value that was there.
 * @param {string[]} names @param {Record<string, any>} before @param {Record<string, any>} typed as the form submits
 * @returns {{changes: Record<string, any>, base: Record<string, any>}}
 */
export function differences(names, before, typed) {
  const changes = {};
  const base = {};
  for (const name of names) {
    const [old, fresh] = [before[name], typed[name]].map((value) => value ?? (LISTS.includes(name) ? [] : ""));
    if (comparable(name, old) === comparable(name, fresh)) continue;
    changes[name] = name === "occurred_at" && fresh ? new Date(fresh).toISOString() : fresh;
    base[name] = old;
  }
  return { changes, base };
}

function comparable(name, value) {
  if (Array.isArray(value)) return JSON.stringify([...value].sort());
  if (name === "occurred_at") return String(Math.floor(new Date(value).getTime() / 60_000));
  return String(value).trim();
}
