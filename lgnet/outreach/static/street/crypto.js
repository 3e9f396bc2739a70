// Encryption: AES-GCM with a random data key; the data key is wrapped under a key derived from the PIN.

export const ITERATIONS = 600_000;
const AES = { name: "AES-GCM", length: 256 };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @typedef {{iv: Uint8Array, data: ArrayBuffer}} Box something encrypted */

/** @returns {Promise<CryptoKey>} a new data key, which can be wrapped */
export const newDataKey = () => crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]);

/** @param {string} pin @param {Uint8Array} salt @param {number} iterations @returns {Promise<CryptoKey>} */
export async function keyOfPin(pin, salt, iterations) {
  const material = await crypto.subtle.importKey("raw", encoder.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, material, AES, false, ["wrapKey", "unwrapKey"]);
}

/** @param {string} hex 32 bytes that the server holds for this phone @returns {Promise<CryptoKey>} */
export function keyOfServer(hex) {
  const bytes = Uint8Array.from(hex.match(/../g) || [], (pair) => Number.parseInt(pair, 16));
  return crypto.subtle.importKey("raw", bytes, AES, false, ["wrapKey", "unwrapKey"]);
}

/** @param {CryptoKey} dataKey @param {CryptoKey} under @returns {Promise<Box>} */
export async function wrap(dataKey, under) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.wrapKey("raw", dataKey, under, { name: "AES-GCM", iv }) };
}

/**
 * @param {Box} box @param {CryptoKey} under @param {boolean} extractable whether it is to be wrapped anew
 * @returns {Promise<CryptoKey>} the data key; fails when `under` is not the right key
 */
export function unwrap(box, under, extractable = false) {
  const how = { name: "AES-GCM", iv: box.iv };
  return crypto.subtle.unwrapKey("raw", box.data, under, how, AES, extractable, ["encrypt", "decrypt"]);
}

/** @param {CryptoKey} key @param {BufferSource} bytes @param {string} place where it is kept: it opens nowhere else */
export async function sealBytes(key, bytes, place) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: encoder.encode(place) };
  return { iv, data: await crypto.subtle.encrypt(how, key, bytes) };
}

/** @param {CryptoKey} key @param {Box} box @param {string} place @returns {Promise<ArrayBuffer>} */
export function openBytes(key, box, place) {
  const how = { name: "AES-GCM", iv: box.iv, additionalData: encoder.encode(place) };
  return crypto.subtle.decrypt(how, key, box.data);
}

/** @param {CryptoKey} key @param {any} value @param {string} place @returns {Promise<Box>} */
export const seal = (key, value, place) => sealBytes(key, encoder.encode(JSON.stringify(value)), place);

/** @param {CryptoKey} key @param {Box} box @param {string} place @returns {Promise<any>} */
export const open = async (key, box, place) => JSON.parse(decoder.decode(await openBytes(key, box, place)));
