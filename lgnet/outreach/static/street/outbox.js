// What becomes an operation: a contact recorded, one mended, one sent again, one taken back.
import * as clock from "./clock.js";
import { uuid7 } from "./ids.js";
import * as queue from "./queue.js";
import { VERSION } from "./sync.js";

/** @param {Record<string, any>} changes @param {any} mends the operation that this one mends @returns {any} */
function operation(changes, mends) {
  const made = {
    id: uuid7(),
    kind: mends ? mends.kind : "contact.record",
    record_id: mends ? mends.record_id : uuid7(),
    changes,
    made_at: new Date().toISOString(),
    app_version: VERSION.app,
    clock_offset: clock.knownOffset(),
  };
  return mends ? { ...made, mends: mends.id } : made;
}

/**
 * @param {Record<string, any>} changes @param {any} mends @param {boolean} endsDraft
 * @returns {Promise<any>} the operation, on the phone's disk
 */
export async function record(changes, mends = undefined, endsDraft = false) {
  const op = operation(changes, mends);
  await queue.add(op, endsDraft);
  return op;
}

/** @param {any} item that was refused  Send the same once more, as an operation of its own. */
export const again = (item) => record(item.op.changes, item.op);
