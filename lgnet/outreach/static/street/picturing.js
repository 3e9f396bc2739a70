// Adding a picture to a contact: taken or chosen, looked at at once, with a caption and the person's consent.
import { byId, make, tell } from "./dom.js";
import * as pictures from "./pictures.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import { word } from "./words.js";

/** @type {Blob|undefined} the picture that was chosen, small already */
let chosen;
let whose = () => ""; // the contact that is shown
let isPicking = false; // the camera, or the gallery, is in front of the app
const fields = () => byId("picture-form").elements;

/** @param {() => string} contactId of the contact that is shown @param {() => Promise<void>} changed when one was kept */
export function listen(contactId, changed) {
  whose = contactId;
  byId("picture-discard").addEventListener("click", () => pictures.dropDraft().then(clear));
  fields().picture.addEventListener("click", () => (isPicking = true));
  for (const done of ["change", "cancel"]) fields().picture.addEventListener(done, () => (isPicking = false));
  fields().picture.addEventListener("change", look);
  byId("picture-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    await save(contactId(), changed);
  });
}

/** @returns {boolean} whether somebody takes or chooses a picture now, so that the app is hidden for a reason */
export const isAtCamera = () => isPicking;

/** Say at once what is the matter with a file. */
async function look() {
  const [file] = fields().picture.files;
  chosen = undefined;
  byId("picture-rest").hidden = true;
  if (!file) return tell("picture-problem", "");
  try {
    chosen = await pictures.shrink(file);
    tell("picture-problem", "");
    byId("picture-rest").hidden = false;
  } catch (error) {
    fields().picture.value = "";
    tell("picture-problem", word(error instanceof pictures.Unfit ? error.message : "picture_none"));
  }
}

async function save(contact, changed) {
  if (!chosen) return tell("picture-problem", word("picture_choose"));
  if (!fields().agreed.checked) return tell("picture-problem", word("picture_consent"));
  const button = byId("picture-form").querySelector("button");
  button.disabled = true;
  try {
    await pictures.add(contact, chosen, fields().caption.value.trim());
    clear();
    tell("picture-said", word("picture_saved"));
    await changed();
    sync.flush();
  } catch (error) {
    tell("picture-problem", word(store.isFull(error) ? "picture_full" : "not_saved"));
  } finally {
    button.disabled = false;
  }
}

/** Keep what was chosen and not saved, encrypted; the consent is asked for anew. */
export async function keepDraft() {
  if (chosen) await pictures.keepDraft(whose(), chosen, fields().caption.value);
}

/** @param {string} contact  Show what was chosen for it and not saved. */
export async function bringBack(contact) {
  const draft = await pictures.draftFor(contact);
  if (!draft) return;
  chosen = draft.blob;
  fields().caption.value = draft.caption;
  byId("picture-rest").hidden = false;
  tell("picture-said", word("picture_back"));
}

/** Empty the form. */
export function clear() {
  chosen = undefined;
  byId("picture-form").reset();
  byId("picture-rest").hidden = true;
  tell("picture-problem", "");
  tell("picture-said", "");
}

/** @param {any[]} all pictures @param {(id: string) => string} whose names a contact @param {() => Promise<void>} changed
 * @returns {HTMLElement[]} those that need somebody, with the reason and what can be done */
export function refusedRows(all, whose, changed) {
  const button = (text, run) => {
    const onclick = () => run().then(changed).then(() => sync.flush(true));
    return make("button", { type: "button", class: "btn app-second", onclick }, word(text));
  };
  return all.filter(({ state }) => state === "refused").map((one) =>
    make("li", {}, make("span", {}, word("picture_of", { what: whose(one.contact) })), make("p", { class: "app-reason" }, one.reason || ""),
      button("send_again", () => pictures.again(one.id)), button("picture_delete", () => pictures.remove(one.id))),
  );
}
