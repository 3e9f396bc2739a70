// The app: what is shown when, what a tap does. The work is done by the modules.
import * as clock from "./clock.js";
import { gather } from "./contacts.js";
import * as detail from "./detail.js";
import { byId, showScreen, tell } from "./dom.js";
import * as form from "./form.js";
import * as lists from "./lists.js";
import { contactOf, forget, now } from "./now.js";
import * as people from "./people.js";
import * as pictures from "./pictures.js";
import * as picturing from "./picturing.js";
import * as queue from "./queue.js";
import * as referring from "./referring.js";
import * as screens from "./screens.js";
import * as shell from "./shell.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import * as vault from "./vault.js";
import { count, hour, word } from "./words.js";
import * as writing from "./writing.js";

const IDLE = 5 * 60_000; // without a touch
const HIDDEN = 60_000; // behind another app, or with the screen off
const MINUTE = 60_000;
// Parts of the page that are emptied when it locks.
const WITH_PEOPLE = ["tonight", "people", "unsent", "waiting", "refused", "conflict", "chosen", "saved", "where-now"];
const tabs = new BroadcastChannel("lgnet-street");
const hand = { touched: Date.now(), hiddenAt: 0 };

// -- what is shown ----------------------------------------------------------------------------------------------------

const open = () => vault.isOpen();

/** Read everything anew and draw it. */
async function refresh() {
  if (!open()) return showState();
  const kept = ["places", "people", "chosen"].map((name) => vault.kept(name));
  const [items, files, places, met, chosen] = await Promise.all([queue.list(), pictures.list(), ...kept]);
  if (!open()) return;
  const contacts = gather(items);
  Object.assign(now, { items, contacts, pictures: files, places, chosen: chosen || [] });
  now.faces = people.everybody(met || [], contacts);
  if (byId("screen-new").hidden) form.know(places, now.faces);
  tell("no-people", met ? "" : word("no_people"));
  draw();
  await showState();
}

function draw() {
  const saved = now.items.find((item) => item.id === byId("saved").dataset.id);
  if (saved?.tried) byId("saved").querySelector("button")?.remove();
  const act = { undo: writing.takeBack, mend: writing.mend, again: writing.sendAgain, changed };
  lists.drawTonight();
  lists.drawPeople(byId("people-q").value, writing.metAgain);
  lists.drawOutbox(act);
  const shown = contactOf(byId("screen-one").dataset.id);
  if (shown) detail.show(shown);
}

/** Something was kept or taken back here: draw it, and let the other windows do the same. */
async function changed() {
  await refresh();
  tabs.postMessage("changed");
}

/** The line that is always in sight: how many are unsent, and how the sending goes. */
async function showState() {
  const [counts, files] = await Promise.all([queue.counts(), pictures.counts()]);
  const unsent = (now.unsent = counts.unsent + files.unsent);
  const { name, message, sentAt } = sync.state;
  const isOnline = navigator.onLine && name !== "offline";
  let text = unsent ? count("unsent", unsent) : sentAt ? word("all_sent", { at: hour(sentAt) }) : "";
  if (!isOnline) text = `${word("no_signal")} · ${unsent ? count("unsent", unsent) : word("nothing_unsent")}`;
  else if (name === "sending" && unsent) text = count("sending", unsent);
  tell("state", text || word("nothing_unsent"));
  document.body.dataset.state = isOnline ? (unsent ? "unsent" : "sent") : "offline";
  const chosen = now.items.filter((item) => item.state === "conflict" && lists.choiceOf(item)).length;
  const toMend = counts.refused + files.refused + Math.max(0, counts.conflict - chosen);
  byId("outbox-count").textContent = unsent + counts.waiting + toMend || "";
  byId("to-mend").hidden = !toMend;
  byId("to-mend").textContent = toMend ? count("to_mend", toMend) : "";
  const isTrouble = open() && !["offline", "sending", "sent", "unsent"].includes(name);
  byId("trouble").hidden = !isTrouble;
  if (isTrouble) screens.tellTrouble("trouble", { code: name, message: name === "full" ? word("full") : message });
}

const SCREENS = { "#new": "new", "#people": "people", "#send": "send", "#one": "one", "#refer": "refer", "#card": "card" };

/** Go to the screen that the address names, if the store is open; one about a contact, if it is on this phone. */
async function go() {
  if (!open()) return;
  const { hash } = location;
  const [place, id] = hash.split("/");
  const wanted = SCREENS[place] || "home";
  const contact = contactOf(id);
  if (id && !(wanted === "card" ? contact?.card : contact)) return (location.hash = "#home");
  if (wanted !== "new" && !byId("screen-new").hidden) await form.keepDraft();
  if (hash === location.hash && wanted === "new" && byId("screen-new").hidden) await writing.openForm();
  if (wanted !== "one" && !byId("screen-one").hidden) await picturing.keepDraft().catch(() => {});
  if (wanted === "one") await showOne(contact);
  if (wanted === "refer") await referring.show(contact);
  if (wanted === "card") await referring.showCard(contact);
  if (hash !== location.hash || !open()) return; // somebody went on, or it was locked, meanwhile
  showScreen(wanted);
  for (const link of document.querySelectorAll(".app-tabs a")) {
    if (link.hash === (location.hash || "#home")) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

async function showOne(contact) {
  const isNew = byId("screen-one").hidden;
  if (isNew) picturing.clear();
  detail.show(contact);
  if (isNew) await picturing.bringBack(contact.id).catch(() => picturing.clear());
}

// -- locking ----------------------------------------------------------------------------------------------------------

async function unlocked() {
  hand.touched = Date.now();
  await clock.load();
  await sync.keepLease();
  await refresh();
  if (!location.hash && (await store.get("sealed", "draft"))) history.replaceState(null, "", "#new");
  await go();
  sync.flush(true);
}

async function lock() {
  if (!open()) return;
  const drafts = [form.keepDraft(), byId("screen-refer").hidden ? undefined : referring.keepDraft()];
  if (!byId("screen-one").hidden) drafts.push(picturing.keepDraft());
  const isKept = await Promise.all(drafts).then(() => true, () => false); // a full phone: then it stays in the form
  vault.lock();
  queue.lock();
  if (isKept) [form, referring, picturing].forEach((written) => written.clear());
  detail.clear();
  forget();
  for (const id of WITH_PEOPLE) byId(id).replaceChildren();
  byId("saved").hidden = true;
  byId("people-q").value = "";
  await screens.showLock();
  await showState();
  await shell.takeOver();
}

/** Lock when nobody has touched the phone for a while, or it was hidden. */
function lockIfLeft() {
  const hidden = picturing.isAtCamera() ? IDLE : HIDDEN;
  const isLeft = Date.now() - hand.touched > IDLE || (hand.hiddenAt && Date.now() - hand.hiddenAt > hidden);
  if (open() && isLeft) lock();
}

function onVisibility() {
  if (document.hidden) {
    hand.hiddenAt = Date.now();
    form.keepDraft().catch(() => {});
    return;
  }
  lockIfLeft();
  hand.hiddenAt = 0;
  sync.flush();
}

// -- from the beginning -----------------------------------------------------------------------------------------------

function listen() {
  screens.listen(unlocked);
  writing.listen(changed);
  referring.listen(changed);
  detail.listen(() => contactOf(byId("screen-one").dataset.id));
  picturing.listen(() => byId("screen-one").dataset.id, changed);
  byId("people-q").addEventListener("input", draw);
  byId("lock").addEventListener("click", lock);
  byId("send-now").addEventListener("click", () => sync.flush(true));
  window.addEventListener("hashchange", go);
  window.addEventListener("online", () => (open() ? sync.flush(true) : sync.heedWipe().then(sync.sendReceipt)));
  window.addEventListener("offline", showState);
  document.addEventListener("visibilitychange", onVisibility);
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => (hand.touched = Date.now()), true);
  setInterval(lockIfLeft, 5_000);
  setInterval(everyMinute, MINUTE);
  sync.onChange((what) => {
    if (what === "emptied") showEmptied();
    else if (what) refresh();
    else showState();
    if (what) tabs.postMessage(what === "emptied" ? "emptied" : "changed");
  });
  tabs.onmessage = ({ data }) => (data === "emptied" ? location.reload() : refresh());
}

async function everyMinute() {
  await sync.keepLease();
  await sync.flush();
  await sync.sendReceipt();
  await showState();
}

function showEmptied() {
  for (const part of [form, referring, detail, picturing]) part.clear();
  forget();
  showScreen("emptied");
}

async function main() {
  if (!crypto.subtle || !navigator.locks) return tell("opening-problem", word("unsafe"));
  listen();
  sync.VERSION.app = await shell.register();
  await clock.load();
  await sync.keepLease();
  await sync.sendReceipt();
  await screens.start();
  await showState();
  await sync.heedWipe();
  if (!open()) await shell.takeOver();
}

main().catch(() => tell("opening-problem", word("trouble_start")));
