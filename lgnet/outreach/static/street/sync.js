// Sending and fetching: one tab at a time, in batches, again and again until the server has said what became of each.
import * as api from "./api.js";
import * as clock from "./clock.js";
import * as pictures from "./pictures.js";
import * as queue from "./queue.js";
import * as store from "./store.js";
import * as vault from "./vault.js";

export const VERSION = { app: "" }; // of the shell, told by its worker
const BATCH = { first: 50, most: 200 }; // grows while all goes well: each request costs a slow link a round trip
const FRESH = 10 * 60_000; // how old the list of people may be
const GRACE = 15 * 60_000; // how long a phone that has to empty itself goes on trying to send
const BACKOFF = { first: 5_000, most: 5 * 60_000 };
const DAY = 24 * 3600_000;
/** Whether more than `length` has passed since; a clock that was put back meanwhile makes it pass, not wait. */
const isOver = (moment, length) => Math.abs(Date.now() - moment) > length;

/** What the status line tells: `name` is offline, sending, sent, unsent, signed_out, server or a word of the server. */
export const state = { name: "unsent", message: "", sentAt: 0, mayTryAt: 0, wait: 0 };
/** @type {(what?: string) => void} called when something has changed */
let changed = () => {};

/** @param {(what?: string) => void} listener */
export const onChange = (listener) => (changed = listener);

/** @returns {Promise<any>} id, unit, lease of this phone; undefined before set-up */
export const device = () => store.get("meta", "device");

/**
 * Send what there is to send and fetch what has changed. With `isAsked`, somebody wants it now: no waiting.
 * @param {boolean} isAsked
 */
export async function flush(isAsked = false) {
  if (!vault.isOpen() || (!isAsked && Date.now() < state.mayTryAt && state.mayTryAt < Date.now() + 2 * BACKOFF.most)) return;
  await navigator.locks.request("lgnet-street-sync", async () => {
    const own = await device();
    if (!vault.isOpen() || !own) return;
    if (!navigator.onLine) return report("offline"); // the event that it is back tries again
    if (await unsent()) report("sending");
    try {
      const told = await exchange(own);
      if (!told.device.wipe) await renew(own, told.device);
      if (await pictures.send(own.id)) changed("queue"); // the contacts are there already, whatever comes of these
      Object.assign(state, { sentAt: Date.now(), mayTryAt: 0, wait: 0, message: "" });
      if (told.device.wipe) return await empty(own);
      report("sent");
    } catch (trouble) {
      await stumble(trouble, own);
    }
  });
}

/** @returns {Promise<number>} how many operations and pictures are on this phone only, even while locked */
export async function unsent() {
  const [operations, files] = await Promise.all([queue.counts(), pictures.counts()]);
  return operations.unsent + files.unsent;
}

function report(name, message = "") {
  Object.assign(state, { name, message });
  changed();
}

/**
 * Everything unsent in batches; then what waits or was refused, to hear whether it has gone on, or somebody mended it.
 * @returns {Promise<any>} the state of the device
 */
async function exchange(own) {
  let size = BATCH.first;
  let told;
  for (;;) {
    const operations = await queue.take("unsent", size);
    if (!operations.length) break;
    try {
      told = await sendBatch(own, operations, operations.length);
      size = Math.min(size * 2, BATCH.most);
    } catch (trouble) {
      if (!isTooMuch(trouble)) throw trouble;
      if (operations.length === 1 && trouble.status === 413) await refuse(operations[0], trouble);
      else if (operations.length === 1) throw trouble;
      size = Math.max(1, Math.floor(operations.length / 4));
    }
  }
  const open = [...(await queue.take("waiting", BATCH.most)), ...(await queue.take("refused", BATCH.most))];
  if (open.length || !told) told = await sendBatch(own, open, 0);
  return told;
}

const isTooMuch = (trouble) => trouble.status === 413 || (trouble.code === "server" && trouble.status >= 500);

const refuse = (op, trouble) =>
  queue.settle([{ id: op.id, result: "refused", kept: false, reason: trouble.message, errors: {} }]);

/** @param {any} own @param {any[]} operations @param {number} fresh how many of them were counted as unsent */
async function sendBatch(own, operations, fresh) {
  const asked = Date.now();
  const { unsent: here } = await queue.counts();
  const told = await api.post("sync", {
    device: own.id,
    app_version: VERSION.app,
    sent_at: new Date().toISOString(),
    told_until: own.told_until,
    queue: Math.max(0, here - fresh),
    operations,
  });
  await clock.learn(told.server_time, asked);
  await queue.settle(told.answers);
  if (told.device.wipe && !own.wipe_seen) await beginToEmpty(own);
  else if (told.chosen.length) await keepChosen(told.chosen);
  own.told_until = told.server_time;
  changed("queue");
  return told;
}

/** The server asked to empty this phone: the people go at once, the queue as soon as it is sent, or cannot be. */
async function beginToEmpty(own) {
  own.wipe_seen = Date.now();
  await store.put("meta", "device", own);
  await store.remove("sealed", "people");
}

/** Keep what colleagues chose where two values clashed, the latest first. */
async function keepChosen(chosen) {
  const before = (await vault.kept("chosen")) || [];
  await vault.keep("chosen", [...chosen, ...before].slice(0, 20));
}

/** Run the lease on, register anew when it had ended, fetch the people when they are old. */
async function renew(own, told) {
  let now = told;
  if (now.state === "expired") {
    now = (await api.post("devices", { id: own.id, unit: own.unit, name: own.name, app_version: VERSION.app })).device;
  }
  let { fetched = 0 } = own;
  if (now.state === "active" && (isOver(fetched, FRESH) || !(await store.get("sealed", "people")))) {
    await fetchBundle(own.id);
    fetched = Date.now();
  }
  await store.put("meta", "device", { ...own, lease_until: now.lease_until, fetched });
  await forgetSent(Date.now() - DAY);
}

/** @param {number} before  Forget what the server has had for long. */
async function forgetSent(before) {
  await queue.forget(before);
  await pictures.forget(before);
}

/**
 * Fetch what the phone may hold; who may hold nothing any more loses the people.
 * Places and people are kept apart: without the people one can still record.
 * @param {string} id of the device
 */
export async function fetchBundle(id) {
  try {
    const { people, ...places } = await api.bundle(id);
    await vault.keep("places", places);
    await vault.keep("people", people);
  } catch (trouble) {
    if (trouble.status !== 403 || trouble.code === "second_factor_needed") throw trouble;
    await store.remove("sealed", "people");
  }
  changed("bundle");
}

async function stumble(trouble, own) {
  if (!(trouble instanceof api.Trouble)) {
    if (vault.isOpen()) report(store.isFull(trouble) ? "full" : "server");
    return;
  }
  state.wait = Math.min(state.wait ? state.wait * 2 : BACKOFF.first, BACKOFF.most);
  state.mayTryAt = Date.now() + state.wait * (0.75 + Math.random() / 2);
  report(trouble.code, trouble.message);
  if (["offline", "server"].includes(trouble.code)) setTimeout(() => flush(), state.mayTryAt - Date.now() + 100);
  if (own.wipe_seen && isOver(own.wipe_seen, GRACE)) await empty(own);
}

/** Delete everything, in one transaction with the receipt that is sent afterwards. */
async function empty(own) {
  const operations = vault.isOpen() ? await queue.notThere() : (await queue.counts()).unsent;
  const files = await pictures.counts();
  vault.lock();
  await store.wipe({ device: own.id, unsent: operations + files.unsent + files.refused });
  changed("emptied");
  await sendReceipt();
}

/** Tell the server that this phone was emptied, if it has not heard it yet. */
export async function sendReceipt() {
  const receipt = await store.get("meta", "receipt");
  if (!receipt) return;
  try {
    await api.post("wiped", receipt);
    await store.put("meta", "emptied", true);
    await store.remove("meta", "receipt");
  } catch {
    // it is told the next time
  }
}

/**
 * Ask the server, while locked, whether this phone has to empty itself: then it opens itself with the server's key if
 * the sign-in is fresh, to send what there is; otherwise it deletes, and the receipt says how much was not sent.
 */
export async function heedWipe() {
  const own = await device();
  if (!own || !navigator.onLine || vault.isOpen()) return;
  const told = await api.status(own.id).catch(() => undefined);
  if (!told?.device?.wipe) return;
  const found = (await unsent()) ? await api.post("key", { device: own.id }).catch(() => undefined) : undefined;
  if (!found || !(await vault.recover(found.keys, ""))) return void (await empty(own));
  await flush(true);
  vault.lock(); // nobody typed a PIN: when the link broke in between, it stays locked
}

/**
 * Forget the people when the server was not heard of for too long, and all else that it has; what is unsent stays.
 * What is to be emptied, is. Needs no signal and no PIN, only that the app is open.
 */
export async function keepLease() {
  const own = await device();
  if (own?.wipe_seen && isOver(own.wipe_seen, GRACE)) return empty(own);
  await clock.keep();
  const runs = own?.lease_until && Date.parse(own.lease_until) > clock.now() && !clock.wasPutBack();
  if (!own?.lease_until || runs) return;
  if (await store.get("sealed", "people")) {
    await store.write(["sealed"], ({ sealed }) => ["people", "chosen"].forEach((name) => sealed.delete(name)));
    await forgetSent(Date.now());
    changed("bundle");
  }
}
