// The way in: set up this phone, type the PIN, make a new one after signing in.
import * as api from "./api.js";
import { byId, make, showScreen, tell } from "./dom.js";
import { uuid7 } from "./ids.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import * as vault from "./vault.js";
import { count, word } from "./words.js";

/** @type {() => void} */
let whenOpen = () => {};
let ticking = 0;

/** @param {() => void} listener called when the store is open  Listen to the forms of the way in. */
export function listen(listener) {
  whenOpen = listener;
  onSubmit("setup-form", setUp);
  onSubmit("pin-form", tryPin);
  onSubmit("recover-form", recover);
  byId("forgotten").addEventListener("click", () => showRecover());
  byId("back-to-pin").addEventListener("click", () => showLock());
}

function onSubmit(id, work) {
  const form = byId(id);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button:not([type=button])");
    if (button.disabled) return;
    button.disabled = true;
    try {
      await work(form);
    } finally {
      button.disabled = false;
    }
  });
}

/** Show what this phone needs first: nothing (it was emptied), set-up, or the PIN. */
export async function start() {
  const receipt = (await store.get("meta", "receipt")) || (await store.get("meta", "emptied"));
  if (receipt) return showScreen("emptied");
  return (await sync.device()) ? showLock() : showSetUp();
}

async function showSetUp() {
  showScreen("setup");
  try {
    const told = await api.status();
    byId("setup-unit").replaceChildren(...told.units.map((unit) => make("option", { value: unit.id }, unit.name)));
    tell("setup-problem", told.units.length ? "" : word("no_unit"));
  } catch (trouble) {
    tellTrouble("setup-problem", trouble);
  }
}

async function setUp() {
  const pin = newPin("setup");
  if (!pin) return;
  try {
    const own = { id: uuid7(), unit: byId("setup-unit").value, name: byId("setup-name").value };
    const kept = await store.get("meta", "begun"); // a set-up that was cut goes on with the same device
    const id = kept && kept.unit === own.unit ? kept.id : own.id;
    await store.put("meta", "begun", { ...own, id });
    const body = { ...own, id, app_version: sync.VERSION.app };
    const { device } = await api.post("devices", body);
    const { keys } = await api.post("key", { device: id });
    await vault.create(pin, keys);
    await sync.fetchBundle(id);
    await store.put("meta", "device", { ...own, id, lease_until: device.lease_until });
    await store.remove("meta", "begun");
    navigator.storage?.persist?.();
    forgetPins();
    whenOpen();
  } catch (trouble) {
    tellTrouble("setup-problem", trouble);
  }
}

/** @param {string} part of the page @returns {string} the PIN typed twice, or nothing after saying what is wrong */
function newPin(part) {
  const pin = byId(`${part}-pin`).value;
  let problem = "";
  if (!/^\d{6,}$/.test(pin)) problem = word("pin_short");
  else if (isEasy(pin)) problem = word("pin_easy");
  else if (pin !== byId(`${part}-again`).value) problem = word("pin_differs");
  tell(`${part}-problem`, problem);
  return problem ? "" : pin;
}

/** @param {string} pin @returns {boolean} whether all digits are the same, or each follows the one before */
function isEasy(pin) {
  const steps = new Set([...pin].slice(1).map((digit, place) => Number(digit) - Number(pin[place])));
  return steps.size === 1 && [-1, 0, 1].includes([...steps][0]);
}

function forgetPins() {
  for (const input of document.querySelectorAll("input[type=password]")) input.value = "";
}

/** Ask for the PIN, or say how to go on without one. */
export async function showLock() {
  const state = await vault.state();
  if (!state) return showSetUp();
  showScreen("lock");
  const unsent = await sync.unsent();
  tell("lock-unsent", unsent ? count("unsent", unsent) : "");
  if (!state.byPin) return showRecover();
  await showWait(Math.max(0, state.until - Date.now()));
  if (!byId("pin").disabled) byId("pin").focus();
}

/** Count down until the next PIN may be tried. @param {number} wait milliseconds */
async function showWait(wait) {
  clearInterval(ticking);
  const until = Date.now() + wait;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    byId("pin").disabled = byId("pin-go").disabled = left > 0;
    tell("pin-wait", left > 0 ? word("pin_wait", { seconds: left }) : "");
    if (left <= 0) clearInterval(ticking);
  };
  tick();
  if (wait > 0) ticking = window.setInterval(tick, 500);
}

async function tryPin() {
  const pin = byId("pin").value;
  if (!pin) return;
  const tried = await vault.unlock(pin);
  forgetPins();
  if (tried.opened) {
    tell("pin-problem", "");
    whenOpen();
    return;
  }
  if (!tried.left) return showRecover();
  tell("pin-problem", word(tried.left === 1 ? "pin_wrong_one" : "pin_wrong", { n: tried.left }));
  setTimeout(() => showWait(tried.wait)); // after the button is given back
}

/** Without the PIN: the server's key, after signing in, and a new PIN. */
async function showRecover() {
  const state = await vault.state();
  showScreen("recover");
  tell("recover-why", state?.byPin ? "" : word("pin_dead"));
  byId("back-to-pin").hidden = !state?.byPin;
}

async function recover() {
  const pin = newPin("recover");
  if (!pin) return;
  const own = await sync.device();
  try {
    const { keys } = await api.post("key", { device: own.id });
    if (!(await vault.recover(keys, pin))) return tell("recover-problem", word("key_wrong"));
    forgetPins();
    whenOpen();
  } catch (trouble) {
    tellTrouble("recover-problem", trouble);
  }
}

/** @param {string} id @param {any} trouble  Say in words what went wrong, with the way to sign in if that helps. */
export function tellTrouble(id, trouble) {
  const known = { offline: "trouble_offline", server: "trouble_server", not_found: "trouble_other" }[trouble.code];
  tell(id, known ? word(known) : trouble.message || word("trouble_server"));
  const ways = { signed_out: ["sign_in", "sign_in_url"], confirm: ["confirm", "confirm_url"] };
  const way = ways[trouble.code];
  if (way) byId(id).append(" ", make("a", { href: word(way[1]) }, word(way[0])));
}
