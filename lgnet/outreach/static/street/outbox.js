// What becomes an operation: a contact recorded or corrected, a card given, one mended, one sent again.
import * as clock from "./clock.js";
import { uuid7 } from "./ids.js";
import * as queue from "./queue.js";
import { VERSION } from "./sync.js";

/**
 * @param {Record<string, any>} changes
 * @param {any} about the operation that this one mends, or `kind`, `record_id`, `base` and `after` of one
 * @param {any} mends the operation that this one mends
 */
function operation(changes, about, mends) {
  const { kind = "contact.record", record_id = uuid7(), base, after } = about || mends || {};
  const made = {
    id: uuid7(),
    kind,
    record_id,
    changes,
    made_at: new Date().toISOString(),
    app_version: VERSION.app,
    clock_offset: clock.knownOffset(),
  };
  if (base) made.base = base;
  if (after?.length) made.after = after;
  if (mends) made.mends = mends.id;
  return made;
}

/**
 * @param {Record<string, any>} changes @param {{about?: any, mends?: any, endsDraft?: string, keeps?: Record<string, any>}} how
 *  what it is about, what it mends, which draft it ends, what is kept encrypted in the same moment
 * @returns {Promise<any>} the operation, on the phone's disk
 */
export async function record(changes, { about, mends, endsDraft, keeps } = {}) {
  const op = operation(changes, about, mends);
  await queue.add(op, endsDraft, keeps);
  return op;
}

/** @param {import("./contacts.js").Known} contact @returns {any} what a later operation about it is `about` */
export const later = (contact, kind, base) => ({
  kind,
  record_id: contact.id,
  base,
  after: ["unsent", "waiting"].includes(contact.item.state) ? [contact.item.id] : [],
});

/** @param {any} item that was refused  Send the same once more, as an operation of its own. */
export const again = (item) => record(item.op.changes, { mends: item.op });
