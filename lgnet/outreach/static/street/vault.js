// The lock of the phone's store: set up with a PIN, opened, locked, opened again with the server's key.
import { ITERATIONS, keyOfPin, keyOfServer, newDataKey, open, openBytes, seal, sealBytes, unwrap, wrap } from "./crypto.js";
import * as store from "./store.js";

export const MOST_WRONG = 10;
const FREE_TRIES = 3; // then each wrong PIN makes one wait twice as long
const FIRST_WAIT = 5_000;

/** @type {CryptoKey|undefined} the data key, only while unlocked, only in memory */
let key;

export const isOpen = () => key !== undefined;

/** Forget the key. */
export function lock() {
  key = undefined;
}

/** @returns {Promise<any>} salt, wraps, wrong tries; undefined before set-up */
export const state = () => store.get("meta", "vault");

/** @param {string} pin @param {string[]} serverKeys the first is used */
export async function create(pin, serverKeys) {
  const dataKey = await newDataKey();
  await keepWraps(dataKey, pin, serverKeys);
  key = dataKey;
}

async function keepWraps(dataKey, pin, serverKeys) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const byPin = await wrap(dataKey, await keyOfPin(pin, salt, ITERATIONS));
  const byServer = await wrap(dataKey, await keyOfServer(serverKeys[0]));
  await store.put("meta", "vault", { salt, iterations: ITERATIONS, byPin, byServer, wrong: 0, until: 0 });
}

/** Count a try before it is made; on a full phone it cannot be written, and who owns it must still come in. */
async function countTry() {
  const found = await state();
  if (!found.byPin || found.until > Date.now()) return { ...found, isClosed: true };
  try {
    return await store.write(["meta"], async ({ meta }) => {
      const now = await store.within(meta, "vault"); // anew: another tab may have tried meanwhile
      now.wrong += 1;
      now.until = Date.now() + waitAfter(now.wrong);
      meta.put(now, "vault");
      return now;
    });
  } catch (error) {
    if (!store.isFull(error)) throw error;
    return { ...found, isFull: true };
  }
}

/**
 * Try a PIN. The try is counted before it is made, so that cutting it short gives no further one.
 * @param {string} pin
 * @returns {Promise<{opened: boolean, wait: number, left: number}>} how long to wait, how many tries are left
 */
export async function unlock(pin) {
  const vault = await countTry();
  if (!vault.isClosed) {
    key = await unwrap(vault.byPin, await keyOfPin(pin, vault.salt, vault.iterations)).catch(() => undefined);
    if (key && !vault.isFull) await store.put("meta", "vault", { ...vault, wrong: 0, until: 0 }).catch(() => {});
    else if (!key && vault.wrong >= MOST_WRONG) await store.put("meta", "vault", { ...vault, byPin: null });
  }
  const left = vault.byPin ? MOST_WRONG - vault.wrong : 0;
  return { opened: isOpen(), wait: Math.max(0, vault.until - Date.now()), left };
}

const waitAfter = (wrong) => (wrong < FREE_TRIES ? 0 : FIRST_WAIT * 2 ** (wrong - FREE_TRIES));

/** @param {string[]} serverKeys @param {string} pin the new PIN, or nothing: then it is only opened */
export async function recover(serverKeys, pin) {
  const vault = await state();
  for (const hex of serverKeys) {
    const dataKey = await unwrap(vault.byServer, await keyOfServer(hex), true).catch(() => undefined);
    if (dataKey) {
      if (pin) await keepWraps(dataKey, pin, serverKeys);
      key = dataKey;
      return true;
    }
  }
  return false;
}

function usedKey() {
  if (!key) throw new Error("locked");
  return key;
}

/** @param {any} value @param {string} place @returns {Promise<any>} a box for the store */
export const sealed = (value, place) => seal(usedKey(), value, place);

/** @param {any} box @param {string} place @returns {Promise<any>} what is in it */
export const opened = (box, place) => open(usedKey(), box, place);

/** @param {ArrayBuffer} bytes @param {string} place @returns {Promise<any>} a box for the store */
export const sealedBytes = (bytes, place) => sealBytes(usedKey(), bytes, place);

/** @param {any} box @param {string} place @returns {Promise<ArrayBuffer>} what is in it */
export const openedBytes = (box, place) => openBytes(usedKey(), box, place);

/** @param {string} name @param {any} value  Keep something encrypted under a name. */
export async function keep(name, value) {
  await store.put("sealed", name, await sealed(value, `sealed/${name}`));
}

/** @param {string} name @returns {Promise<any>} what is kept under a name, or undefined */
export async function kept(name) {
  const box = await store.get("sealed", name);
  return box && opened(box, `sealed/${name}`);
}
