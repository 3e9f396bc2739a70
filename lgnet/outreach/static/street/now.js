// What was read from the phone's database for the screens; emptied when it locks.

/** @typedef {import("./contacts.js").Known} Known */

/** @type {{items: any[], contacts: Known[], faces: any[], chosen: any[], pictures: any[], places: any, unsent: number}} */
export const now = { items: [], contacts: [], faces: [], chosen: [], pictures: [], places: undefined, unsent: 0 };

/** @param {string} id of a contact @returns {Known|undefined} it, if it was recorded on this phone */
export const contactOf = (id) => now.contacts.find((one) => one.id === id);

/** @returns {Record<string, string>} names of the zones by id */
export const zones = () => Object.fromEntries((now.places?.zones || []).map((zone) => [zone.id, zone.name]));

/** Forget it all. */
export function forget() {
  Object.assign(now, { items: [], contacts: [], faces: [], chosen: [], pictures: [], places: undefined });
}
