// The texts of the page in its language, which the server put into it.
import { byId } from "./dom.js";

const WORDS = JSON.parse(byId("words").textContent);
const LANGUAGE = document.documentElement.lang;

/**
 * @param {string} name @param {Record<string, string|number>} values what stands for each {name} in the text
 * @returns {string}
 */
export function word(name, values = {}) {
  return WORDS[name].replace(/\{(\w+)\}/g, (_all, key) => String(values[key]));
}

/** @param {string} name of a text with a form for one @param {number} n @returns {string} */
export const count = (name, n) => word(n === 1 ? `${name}_one` : name, { n });

// Made once: making one takes longer than saving a contact.
const HOUR = new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short" });

/** @param {string|number|Date} moment @returns {string} hours and minutes */
export const hour = (moment) => HOUR.format(new Date(moment));

/** @param {string|number|Date} moment @returns {string} the day in short */
export const day = (moment) => DAY.format(new Date(moment));
