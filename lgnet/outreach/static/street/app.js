// The app: what is shown when, what a tap does. The work is done by the modules.
import * as clock from "./clock.js";
import { byId, make, showScreen, tell } from "./dom.js";
import * as form from "./form.js";
import * as lists from "./lists.js";
import * as outbox from "./outbox.js";
import * as people from "./people.js";
import * as queue from "./queue.js";
import * as screens from "./screens.js";
import * as shell from "./shell.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import * as vault from "./vault.js";
import { count, hour, word } from "./words.js";

const IDLE = 5 * 60_000; // without a touch
const HIDDEN = 60_000; // behind another app, or with the screen off
const MINUTE = 60_000;
// Parts of the page that are emptied when it locks.
const WITH_PEOPLE = ["tonight", "people", "unsent", "waiting", "refused", "conflict", "chosen", "saved", "where-now"];
const tabs = new BroadcastChannel("lgnet-street");
const now = { items: [], faces: [], chosen: [], touched: Date.now(), hiddenAt: 0, places: undefined, unsent: 0 };
let draftTimer = 0;

// -- what is shown ----------------------------------------------------------------------------------------------------

const open = () => vault.isOpen();

/** Read everything anew and draw it. */
async function refresh() {
  if (!open()) return showState();
  const kept = ["places", "people", "chosen"].map((name) => vault.kept(name));
  const [items, places, met, chosen] = await Promise.all([queue.list(), ...kept]);
  if (!open()) return;
  Object.assign(now, { items, places, chosen: chosen || [], faces: people.everybody(met || [], items) });
  if (byId("screen-new").hidden) form.know(places, now.faces);
  tell("no-people", met ? "" : word("no_people"));
  draw();
  await showState();
}

function draw() {
  const zones = Object.fromEntries((now.places?.zones || []).map((zone) => [zone.id, zone.name]));
  const saved = now.items.find((item) => item.id === byId("saved").dataset.id);
  if (saved?.tried) byId("saved").querySelector("button")?.remove();
  lists.drawTonight(now.items, now.faces);
  lists.drawPeople(now.faces, zones, byId("people-q").value, metAgain);
  lists.drawOutbox(now.items, now.faces, now.chosen, { undo: takeBack, mend, again: sendAgain });
}

/** The line that is always in sight: how many are unsent, and how the sending goes. */
async function showState() {
  const counts = await queue.counts();
  now.unsent = counts.unsent;
  const { name, message, sentAt } = sync.state;
  const isOnline = navigator.onLine && name !== "offline";
  let text = counts.unsent ? count("unsent", counts.unsent) : sentAt ? word("all_sent", { at: hour(sentAt) }) : "";
  if (!isOnline) text = `${word("no_signal")} · ${counts.unsent ? count("unsent", counts.unsent) : word("nothing_unsent")}`;
  else if (name === "sending" && counts.unsent) text = count("sending", counts.unsent);
  tell("state", text || word("nothing_unsent"));
  document.body.dataset.state = isOnline ? (counts.unsent ? "unsent" : "sent") : "offline";
  const toMend = counts.refused + counts.conflict;
  byId("outbox-count").textContent = counts.unsent + counts.waiting + toMend || "";
  byId("to-mend").hidden = !toMend;
  byId("to-mend").textContent = toMend ? count("to_mend", toMend) : "";
  const isTrouble = open() && !["offline", "sending", "sent", "unsent"].includes(name);
  byId("trouble").hidden = !isTrouble;
  if (isTrouble) screens.tellTrouble("trouble", { code: name, message: name === "full" ? word("full") : message });
}

/** Go to the screen that the address names, if the store is open. */
async function go() {
  if (!open()) return;
  const { hash } = location;
  const wanted = { "#new": "new", "#people": "people", "#send": "send" }[hash] || "home";
  if (wanted !== "new" && !byId("screen-new").hidden) await form.keepDraft();
  if (hash === location.hash && wanted === "new" && byId("screen-new").hidden) await openForm();
  if (hash !== location.hash || !open()) return; // somebody went on, or it was locked, meanwhile
  showScreen(wanted);
  for (const link of document.querySelectorAll(".app-tabs a")) {
    if (link.hash === (location.hash || "#home")) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

// -- the form ---------------------------------------------------------------------------------------------------------

let opening; // what the form is opened with: values, what it mends, its errors

async function openForm() {
  form.know(now.places, now.faces);
  const given = opening;
  opening = undefined;
  const isBack = form.isWritten() || (await form.bringBackDraft());
  if (isBack && given) tell("form-problem", word("draft_first"));
  else if (given) form.begin(given.values, given.mends, given.errors);
  else if (!isBack) form.begin(lastPlace());
}

/** The unit and the zone of the latest contact of the last hours: units stay in a place for a while. */
function lastPlace() {
  const latest = now.items.filter((item) => item.state !== "mended").at(-1);
  if (!latest || Date.now() - queue.madeAt(latest.id) > 12 * 3600_000) return {};
  return { team: latest.op.changes.team, zone: latest.op.changes.zone };
}

function openWith(values, mends, errors) {
  opening = { values, mends, errors };
  if (location.hash === "#new") openForm();
  else location.hash = "#new";
}

const metAgain = (face) => openWith({ ...lastPlace(), team: face.unit, who: "met", earlier: face.earlier });
const mend = (item) => openWith(item.op.changes, item.op, item.answer?.errors || {});

async function submit(event) {
  event.preventDefault();
  const { changes, errors, mends } = form.read();
  if (Object.keys(errors).length) return form.showErrors(errors);
  const button = byId("contact").querySelector(".street-save button");
  if (button.disabled) return;
  button.disabled = true;
  try {
    clearTimeout(draftTimer);
    form.setWritten(false);
    const op = await outbox.record(changes, mends, true);
    now.unsent += 1;
    tell("state", count("unsent", now.unsent)); // at once; the rest of the line follows
    showSaved(op);
    form.clear();
    location.hash = "#home";
    await refresh();
    tabs.postMessage("changed");
    sync.flush();
  } catch (error) {
    form.setWritten(true);
    tell("form-problem", store.isFull(error) ? word("full") : word("not_saved"));
    byId("form-problem").scrollIntoView({ block: "center" });
  } finally {
    button.disabled = false;
  }
}

/** Say what was saved, with a way to take it back while it has not been sent. */
function showSaved(op) {
  const undo = make("button", { type: "button", class: "btn app-second", onclick: () => takeBack({ id: op.id }) }, word("undo"));
  byId("saved").replaceChildren(make("span", {}, word("saved", { what: form.sentence(op, now.faces) })), undo);
  byId("saved").hidden = false;
  byId("saved").dataset.id = op.id;
}

async function takeBack(item) {
  const op = await queue.undo(item.id);
  byId("saved").hidden = true;
  if (op) openWith(op.changes, now.items.find((one) => one.id === op.mends)?.op, {});
  else tellSaved(word("too_late"));
  await refresh();
  tabs.postMessage("changed");
}

function tellSaved(text) {
  byId("saved").replaceChildren(text);
  byId("saved").hidden = false;
}

async function sendAgain(item) {
  await outbox.again(item);
  await refresh();
  sync.flush(true);
}

// -- locking ----------------------------------------------------------------------------------------------------------

async function unlocked() {
  now.touched = Date.now();
  await clock.load();
  await sync.keepLease();
  await refresh();
  if (!location.hash && (await store.get("sealed", "draft"))) history.replaceState(null, "", "#new");
  await go();
  sync.flush(true);
}

async function lock() {
  if (!open()) return;
  const isKept = await form.keepDraft().then(() => true, () => false); // a full phone: then it stays in the form
  vault.lock();
  queue.lock();
  if (isKept) form.clear();
  Object.assign(now, { items: [], faces: [], chosen: [], places: undefined });
  for (const id of WITH_PEOPLE) byId(id).replaceChildren();
  byId("saved").hidden = true;
  byId("people-q").value = "";
  await screens.showLock();
  await showState();
  await shell.takeOver();
}

/** Lock when nobody has touched the phone for a while, or it was hidden. */
function lockIfLeft() {
  const isLeft = Date.now() - now.touched > IDLE || (now.hiddenAt && Date.now() - now.hiddenAt > HIDDEN);
  if (open() && isLeft) lock();
}

function onVisibility() {
  if (document.hidden) {
    now.hiddenAt = Date.now();
    form.keepDraft().catch(() => {});
    return;
  }
  lockIfLeft();
  now.hiddenAt = 0;
  sync.flush();
}

// -- from the beginning -----------------------------------------------------------------------------------------------

function listen() {
  screens.listen(unlocked);
  byId("contact").addEventListener("submit", submit);
  form.listen(() => {
    clearTimeout(draftTimer);
    draftTimer = setTimeout(() => form.keepDraft().catch(() => {}), 400);
  });
  byId("people-q").addEventListener("input", draw);
  byId("lock").addEventListener("click", lock);
  byId("send-now").addEventListener("click", () => sync.flush(true));
  byId("discard").addEventListener("click", discard);
  window.addEventListener("hashchange", go);
  window.addEventListener("online", () => (open() ? sync.flush(true) : sync.heedWipe()));
  window.addEventListener("offline", showState);
  document.addEventListener("visibilitychange", onVisibility);
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => (now.touched = Date.now()), true);
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

async function discard() {
  clearTimeout(draftTimer);
  form.clear();
  await store.remove("sealed", "draft");
  location.hash = "#home";
}

async function everyMinute() {
  await sync.keepLease();
  await sync.flush();
  await showState();
}

function showEmptied() {
  form.clear();
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
