// The queue: operations as they were made, with what became of them. Nothing leaves it before the server has it.
import * as store from "./store.js";
import { opened, sealed } from "./vault.js";

/**
 * @typedef {"unsent"|"waiting"|"applied"|"conflict"|"refused"|"mended"} State
 * @typedef {{id: string, state: State, tried: boolean, op: any, answer?: any}} Item
 */
const SETTLED = ["applied", "conflict", "mended"];
const OPEN = ["unsent", "waiting", "refused"];
const place = (id) => `queue/${id}`;

/** @param {any} op @param {boolean} tried @param {any} answer @param {State} state */
async function row(op, tried, state, answer) {
  return { id: op.id, state, tried, box: await sealed({ op, answer }, place(op.id)) };
}

/**
 * Keep a new operation; with `mends`, what it mends leaves the list in the same transaction.
 * When the phone is full, what has long arrived makes room, once. Fails with QuotaExceededError.
 * @param {any} op @param {string} endsDraft the name of the draft that is now this, if any
 * @param {Record<string, any>} keeps what is kept beside it, by name
 */
export async function add(op, endsDraft = "", keeps = {}) {
  const made = await row(op, false, "unsent");
  const boxes = await Promise.all(
    Object.entries(keeps).map(async ([name, value]) => [name, await sealed(value, `sealed/${name}`)]),
  );
  const work = ({ queue, sealed: kept }) => {
    queue.put(made, made.id);
    for (const [name, box] of boxes) kept.put(box, name);
    if (endsDraft) kept.delete(endsDraft);
    return op.mends ? turn(queue, op.mends, "mended") : undefined;
  };
  try {
    await store.write(["queue", "sealed"], work);
  } catch (error) {
    if (!store.isFull(error) || !(await forget(Date.now()))) throw error;
    await store.write(["queue", "sealed"], work);
  }
}

/** Give a row another state, inside of a transaction. */
async function turn(queue, id, state) {
  const row = await store.within(queue, id);
  if (row) queue.put({ ...row, state }, id);
}

/** @returns {Promise<Item[]>} everything, the oldest first; only while unlocked */
export async function list() {
  const rows = await store.all("queue");
  return Promise.all(
    rows.map(async ({ id, state, tried, box }) => ({ id, state, tried, ...(await contentOf(id, box)) })),
  );
}

/** @type {Map<string, any>} what was opened already, until it is locked: a long queue is opened once, not at each save */
const openedBefore = new Map();

async function contentOf(id, box) {
  const seal = `${id} ${box.iv}`;
  if (!openedBefore.has(seal)) openedBefore.set(seal, await opened(box, place(id)));
  return openedBefore.get(seal);
}

/** Forget what was opened. */
export const lock = () => openedBefore.clear();

/** @returns {Promise<Record<string, number>>} how many there are in each state, even while locked */
export async function counts() {
  const found = { unsent: 0, waiting: 0, applied: 0, conflict: 0, refused: 0, mended: 0 };
  for (const { state } of await store.all("queue")) found[state] += 1;
  return found;
}

/** @returns {Promise<number>} how many the server does not have; only while unlocked */
export async function notThere() {
  const isHere = ({ state, answer }) => state === "unsent" || (state === "refused" && answer?.kept === false);
  return (await list()).filter(isHere).length;
}

/** @param {State} state @param {number} most @returns {Promise<any[]>} operations to send, now marked as tried;
 * not those that the server cannot even keep */
export async function take(state, most) {
  const rows = await store.write(["queue"], async ({ queue }) => {
    const found = [];
    await new Promise((resolve, reject) => {
      const request = queue.openCursor();
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const cursor = request.result;
        if (!cursor || found.length === most) return resolve(undefined);
        if (cursor.value.state === state) {
          found.push(cursor.value);
          if (!cursor.value.tried) cursor.update({ ...cursor.value, tried: true });
        }
        cursor.continue();
      };
    });
    return found;
  });
  const found = await Promise.all(rows.map((one) => opened(one.box, place(one.id))));
  return found.filter(({ answer }) => answer?.kept !== false).map(({ op }) => op);
}

/** @param {any[]} answers of the server  Write down what became of each operation. */
export async function settle(answers) {
  const rows = [];
  for (const answer of answers) {
    const kept = answer.id && (await store.get("queue", answer.id));
    if (!kept) continue;
    const { op } = await opened(kept.box, place(kept.id));
    const gone = ["mended", "set_aside"].includes(answer.result);
    rows.push(await row(op, true, gone ? "mended" : answer.result, answer));
  }
  await store.write(["queue"], async ({ queue }) => {
    for (const one of rows) {
      const now = await store.within(queue, one.id);
      if (now && OPEN.includes(now.state)) queue.put(one, one.id);
    }
  });
}

/**
 * Take back what was never tried to send, unless something later builds on it.
 * @param {string} id @returns {Promise<{op?: any, isBuiltOn?: boolean}>} the operation, or nothing when it is too late
 */
export async function undo(id) {
  const all = await list();
  const item = all.find((one) => one.id === id);
  if (!item) return {};
  const record = item.op.record_id;
  if (all.some(({ op }) => op.id > id && (op.changes.earlier === record || op.record_id === record))) {
    return { isBuiltOn: true };
  }
  const gone = await store.write(["queue"], async ({ queue }) => {
    const now = await store.within(queue, id);
    if (!now || now.state !== "unsent" || now.tried) return false;
    if (item.op.mends) await turn(queue, item.op.mends, "refused");
    queue.delete(id);
    return true;
  });
  return gone ? { op: item.op } : {};
}

/** @param {number} before  Forget what the server has and nobody has to look at; returns how many. */
export async function forget(before) {
  return store.write(["queue"], async ({ queue }) => {
    const rows = await new Promise((resolve, reject) => {
      const request = queue.getAll();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const old = rows.filter((one) => SETTLED.includes(one.state) && madeAt(one.id) < before);
    for (const one of old) queue.delete(one.id);
    return old.length;
  });
}

/** @param {string} id @returns {number} the moment that an id begins with */
export const madeAt = (id) => Number.parseInt(id.replace("-", "").slice(0, 12), 16);
