// The time: by the phone's own clock, and by the server's as far as it is known.
import * as store from "./store.js";

const PUT_BACK = 3600_000; // milliseconds: more than a clock is set right by
let offset = 0; // milliseconds to add to the phone's clock
let latest = 0; // the latest moment seen, so that a clock put back gives no more time
let isKnown = false;

/** Read what is known from the last time. */
export async function load() {
  const kept = (await store.get("meta", "clock")) || {};
  offset = kept.offset || 0;
  latest = kept.latest || 0;
  isKnown = "offset" in kept;
}

/** @returns {number} now by the server's clock, never earlier than what was seen before */
export function now() {
  latest = Math.max(latest, Date.now() + offset);
  return latest;
}

/** @returns {boolean} whether the clock shows a time long before one that was seen: then nobody knows how late it is */
export const wasPutBack = () => Date.now() + offset < latest - PUT_BACK;

/** Keep the latest moment seen, so that a clock put back while the app is closed is noticed too. */
export async function keep() {
  if (isKnown) await store.put("meta", "clock", { offset, latest: now() }).catch(() => {}); // a full phone: the next time
}

/** @returns {number|undefined} seconds between the phone's clock and the server's, when known */
export const knownOffset = () => (isKnown ? Math.round(offset / 1000) : undefined);

/** @param {string} serverTime what the server said @param {number} asked when it was asked, by the phone */
export async function learn(serverTime, asked) {
  const there = Date.parse(serverTime);
  if (Number.isNaN(there)) return;
  offset = there - (asked + Date.now()) / 2;
  latest = there;
  isKnown = true;
  await store.put("meta", "clock", { offset, latest });
}
