// People that this unit has met, found on the phone: by what they are called, by the zone, in spite of a slip of the pen.

/** @typedef {{earlier: string, person: string|null, called: string, zone: string, unit: string, last_day: string}} Face */

/** @param {string} text @returns {string} small letters without accents */
const plain = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .trim();

/** @param {string} moment @returns {string} its day here, as 2026-11-26 */
const localDay = (moment) => new Date(moment).toLocaleDateString("sv");

/** @param {string} one @param {string} other @returns {boolean} whether they differ in one letter at most */
function isNear(one, other) {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  const rest = [one.slice(start), other.slice(start)];
  const [a, b] = rest;
  const isSwapped = a.length > 1 && a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2);
  return isSwapped || a.slice(1) === b.slice(1) || a === b.slice(1) || a.slice(1) === b;
}

/** @param {string} word typed @param {string[]} words of somebody @returns {number} how well it fits, 0 for not at all */
function fit(word, words) {
  if (words.includes(word)) return 3;
  if (words.some((one) => one.includes(word))) return 2;
  return word.length > 3 && words.some((one) => isNear(word, one)) ? 1 : 0;
}

/**
 * @param {Face[]} faces @param {Record<string, string>} zones names by id @param {string} text @param {number} most
 * @returns {Face[]} those that every word typed fits, the best first; without a text the latest
 */
export function search(faces, zones, text, most = 30) {
  const typed = plain(text).split(/\s+/).filter(Boolean);
  if (!typed.length) return faces.slice(0, most);
  const found = [];
  for (const face of faces) {
    const words = plain(`${face.called} ${zones[face.zone] || ""}`).split(/\s+/);
    const fits = typed.map((word) => fit(word, words));
    if (fits.every(Boolean)) found.push({ face, score: fits.reduce((sum, one) => sum + one, 0) });
  }
  found.sort((one, other) => other.score - one.score);
  return found.slice(0, most).map(({ face }) => face);
}

/**
 * Those whom the server told of, and whoever was recorded on this phone since, the latest first; nobody twice.
 * @param {Face[]} met @param {import("./contacts.js").Known[]} contacts @returns {Face[]}
 */
export function everybody(met, contacts) {
  const faces = new Map();
  for (const face of met) faces.set(face.earlier, face);
  const known = new Map(faces);
  for (const { id, item, values } of contacts) {
    const { who, nickname, earlier, person, team, zone, language = "", occurred_at: at = item.op.made_at } = values;
    const base = who === "met" ? known.get(earlier) : undefined;
    if (nickname || base) {
      const called = (!base?.person && nickname) || base?.called;
      const face = { person: null, ...base, called, language: language || base?.language || "" };
      if (base) faces.delete(base.earlier);
      const seen = { ...face, earlier: id, unit: team, zone, last_day: localDay(at) };
      faces.set(id, seen);
      known.set(id, seen);
    } else if (who === "registered") {
      const face = [...faces.values()].find((one) => one.person === person);
      if (face) faces.set(face.earlier, { ...face, zone, last_day: localDay(at) });
    }
  }
  return [...faces.values()].sort((one, other) => other.last_day.localeCompare(one.last_day));
}
