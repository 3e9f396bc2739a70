// Pictures of contacts: shrunk on the phone, kept encrypted, sent after their contact; a refused one needs somebody.
import * as api from "./api.js";
import { uuid7 } from "./ids.js";
import * as store from "./store.js";
import * as vault from "./vault.js";

/** @typedef {{id: string, state: "unsent"|"applied"|"refused", contact: string, caption: string, sha256: string, made_at: string, reason?: string}} Picture */

export const MOST = 4; // a contact
const MOST_BYTES = 10 * 1024 * 1024;
const LONGEST = 2000; // pixels of the longer side
const QUALITY = 0.85;
const PREFIX = "picture/";
const FOR_NONE = ["offline", "signed_out", "confirm", "csrf"]; // troubles that no other picture would be spared
const DRAFT = "draft-picture"; // the one that was chosen and is not saved yet
const DRAFT_CONTENT = `${DRAFT}/content`;
const contentOf = (id) => `content/${id}`;

/** A file that cannot become a picture; `message` names the text that says why. */
export class Unfit extends Error {}

/**
 * Make it small: drawn anew, so that nothing of the file but what one sees is left.
 * @param {File} file @returns {Promise<Blob>} a JPEG; fails with Unfit
 */
export async function shrink(file) {
  if (file.size > MOST_BYTES) throw new Unfit("picture_large");
  const drawn = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => undefined);
  if (!drawn) throw new Unfit("picture_none");
  const scale = Math.min(1, LONGEST / Math.max(drawn.width, drawn.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(drawn.width * scale));
  canvas.height = Math.max(1, Math.round(drawn.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff"; // what is transparent becomes paper
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(drawn, 0, 0, canvas.width, canvas.height);
  drawn.close();
  const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!small) throw new Unfit("picture_none");
  return small;
}

/**
 * Keep a picture for sending; the person has agreed. Fails with QuotaExceededError, and then nothing of it is kept.
 * @param {string} contact @param {Blob} blob @param {string} caption
 */
export async function add(contact, blob, caption) {
  const id = uuid7();
  const content = await blob.arrayBuffer();
  const told = { contact, caption, sha256: hex(await crypto.subtle.digest("SHA-256", content)), made_at: new Date().toISOString() };
  const row = { id, state: "unsent", box: await vault.sealed(told, PREFIX + id) };
  const box = await vault.sealedBytes(content, contentOf(id));
  await store.write(["sealed"], ({ sealed }) => {
    sealed.put(row, PREFIX + id);
    sealed.put(box, contentOf(id));
    for (const name of [DRAFT, DRAFT_CONTENT]) sealed.delete(name);
  });
}

/** @param {string} contact @param {Blob} blob @param {string} caption  Keep what was chosen and is not saved yet. */
export async function keepDraft(contact, blob, caption) {
  const told = await vault.sealed({ contact, caption }, `sealed/${DRAFT}`);
  const box = await vault.sealedBytes(await blob.arrayBuffer(), DRAFT_CONTENT);
  await store.write(["sealed"], ({ sealed }) => {
    sealed.put(told, DRAFT);
    sealed.put(box, DRAFT_CONTENT);
  });
}

/** @param {string} contact @returns {Promise<{blob: Blob, caption: string}|undefined>} what was chosen for it, if anything */
export async function draftFor(contact) {
  const draft = await vault.kept(DRAFT);
  if (draft?.contact !== contact) return undefined;
  const content = await vault.openedBytes(await store.get("sealed", DRAFT_CONTENT), DRAFT_CONTENT);
  return { blob: new Blob([content], { type: "image/jpeg" }), caption: draft.caption };
}

/** Let go of what was chosen and not saved. */
export const dropDraft = () =>
  store.write(["sealed"], ({ sealed }) => [DRAFT, DRAFT_CONTENT].forEach((name) => sealed.delete(name)));

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** @returns {Promise<Picture[]>} all on this phone, without their content, the oldest first; only while unlocked */
export async function list() {
  const rows = await store.beginningWith("sealed", PREFIX);
  return Promise.all(rows.map(async ({ id, state, box }) => ({ ...(await vault.opened(box, PREFIX + id)), id, state })));
}

/** @returns {Promise<{unsent: number, refused: number}>} even while locked */
export async function counts() {
  const found = { unsent: 0, refused: 0, applied: 0 };
  for (const { state } of await store.beginningWith("sealed", PREFIX)) found[state] += 1;
  return found;
}

/**
 * Send what is unsent, each by itself: one that the server cannot take now keeps no other back.
 * @param {string} device @returns {Promise<boolean>} whether anything became of one; fails with the last trouble, afterwards
 */
export async function send(device) {
  let trouble;
  let isMoved = false;
  for (const picture of (await list()).filter(({ state }) => state === "unsent")) {
    try {
      isMoved = (await sendOne(device, picture)) || isMoved;
    } catch (error) {
      trouble = error;
      if (FOR_NONE.includes(error.code)) break;
    }
  }
  if (trouble) throw trouble;
  return isMoved;
}

async function sendOne(device, picture) {
  const { id, contact, caption, sha256, made_at } = picture;
  const box = await store.get("sealed", contentOf(id));
  if (!box) return false; // another window took it back
  const body = new FormData();
  for (const [name, value] of Object.entries({ contact, device, sha256, caption, made_at, agreed: "yes" })) body.set(name, value);
  body.set("picture", new Blob([await vault.openedBytes(box, contentOf(id))], { type: "image/jpeg" }), `${id}.jpg`);
  const answer = await api.upload(`pictures/${id}`, body);
  if (answer.state === "waiting") return false; // its contact is not there yet
  if (answer.state === "stored") await settle(picture, "applied");
  else await settle({ ...picture, reason: answer.reason }, "refused");
  return true;
}

/** Write down what became of a picture; what the server has is not kept here. */
async function settle({ id, ...told }, state) {
  const box = await vault.sealed(told, PREFIX + id);
  await store.write(["sealed"], ({ sealed }) => {
    sealed.put({ id, state, box }, PREFIX + id);
    if (state === "applied") sealed.delete(contentOf(id));
  });
}

/** @param {string} id of one that was refused  Try it once more. */
export const again = async (id) => settle((await list()).find((one) => one.id === id), "unsent");

/** @param {string} id  Delete it from this phone: somebody asked for it. */
export const remove = (id) =>
  store.write(["sealed"], ({ sealed }) => {
    sealed.delete(PREFIX + id);
    sealed.delete(contentOf(id));
  });

/** @param {number} before  Forget which pictures the server has long had. */
export async function forget(before) {
  const madeAt = (id) => Number.parseInt(id.replace("-", "").slice(0, 12), 16);
  const old = (await store.beginningWith("sealed", PREFIX)).filter(({ id, state }) => state === "applied" && madeAt(id) < before);
  if (old.length) await store.write(["sealed"], ({ sealed }) => old.forEach(({ id }) => sealed.delete(PREFIX + id)));
}
