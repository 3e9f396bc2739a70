// Talking to the server. Every failure becomes a Trouble that says of which kind it is.
import * as clock from "./clock.js";

const ROOT = "/api/street/v1/";
const PATIENCE = 60_000; // milliseconds: a slow link in a tunnel is no failure yet
let token = "";

/** What went wrong: `code` is "offline", "server", or the word of the server. */
export class Trouble extends Error {
  /** @param {string} code @param {string} message @param {number} status */
  constructor(code, message = "", status = 0) {
    super(message || code);
    this.code = code;
    this.status = status;
  }
}

/** @param {string} path @param {RequestInit} options @returns {Promise<any>} */
async function ask(path, options = {}) {
  let response;
  let told;
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    response = await fetch(ROOT + path, { cache: "no-store", redirect: "error", signal, ...options });
    told = await response.json().catch(() => undefined);
  } catch {
    throw new Trouble("offline");
  }
  if (response.ok && told) return told;
  if (told?.state) throw Object.assign(new Trouble(told.state, told.reason, response.status), { told });
  if (told && told.error) throw new Trouble(told.error, told.message, response.status);
  throw new Trouble("server", "", response.status);
}

/** @param {string} device @returns {Promise<any>} who is signed in, what the device has to do; renews the token */
export async function status(device = "") {
  const asked = Date.now();
  const told = await ask(`status${device ? `?device=${device}` : ""}`);
  token = told.csrf_token;
  await clock.learn(told.server_time, asked);
  return told;
}

/** @param {string} path @param {any} body @returns {Promise<any>} */
export async function post(path, body) {
  if (!token) await status();
  try {
    return await send(path, body);
  } catch (trouble) {
    if (trouble.code !== "csrf") throw trouble;
    await status(); // somebody signed in anew: the token is another one
    return send(path, body);
  }
}

/**
 * Send a file with what belongs to it.
 * @param {string} path @param {FormData} body @returns {Promise<any>} what the server says became of it
 */
export async function upload(path, body) {
  if (!token) await status();
  const sent = () => ask(path, { method: "POST", body, headers: { "X-CSRFToken": token } });
  try {
    return await sent();
  } catch (trouble) {
    if (trouble.told) return trouble.told; // it waits, or is refused with a reason
    if (trouble.status === 413) return { state: "refused", reason: trouble.message };
    if (trouble.code !== "csrf") throw trouble;
    await status();
    return sent();
  }
}

/** Compressed where the browser can: in the street a link carries little. */
async function send(path, body) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const text = JSON.stringify(body);
  if (text.length < 1000 || !globalThis.CompressionStream) return ask(path, { method: "POST", body: text, headers });
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const packedBody = await new Response(packed).arrayBuffer();
  return ask(path, { method: "POST", body: packedBody, headers: { ...headers, "Content-Encoding": "gzip" } });
}

/** @param {string} device @returns {Promise<any>} what the phone may hold */
export const bundle = (device) => ask(`bundle?device=${device}`);
