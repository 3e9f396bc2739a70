// The kiosk: language, topic, number. Without network it gives numbers of its own, and tells the server of them later.
const byId = (id) => document.getElementById(id);
const setup = JSON.parse(byId("setup").textContent);
const BACK_AFTER = 20_000; // then the next person begins
const ALIVE = 60_000;
const WAIT_FOR_SERVER = 6000;
const KEPT = `lgnet-kiosk-${setup.screen}`;
let words = setup.languages[0];
let timer;

/** What was given without network: the day, how many of the kiosk's own numbers, and what the server has not yet. */
const kept = () => JSON.parse(localStorage.getItem(KEPT) || "null") || { day: "", used: 0, unsent: [] };
const keep = (state) => localStorage.setItem(KEPT, JSON.stringify(state));
const today = () => new Intl.DateTimeFormat("sv", { timeZone: "Europe/Rome" }).format(new Date());

function show(step) {
  clearTimeout(timer);
  for (const part of document.querySelectorAll("main > section")) part.hidden = part.id !== `step-${step}`;
  byId(`step-${step}`).querySelector("h2")?.focus();
  if (step !== "language") timer = setTimeout(begin, BACK_AFTER);
}

function begin() {
  document.documentElement.lang = "it";
  document.documentElement.dir = "ltr";
  show("language");
}

function speak(language) {
  words = language;
  document.documentElement.lang = language.code;
  document.documentElement.dir = language.direction;
  const texts = { what: "what", first: "first", back: "back", "number-label": "number", watch: "watch", scan: "scan" };
  for (const [id, key] of Object.entries({ ...texts, print: "print", done: "done", failed: "failed", again: "done" })) {
    byId(id).textContent = words[key];
  }
  byId("topics").replaceChildren(...setup.topics.map((topic) => choice(words.topics[topic], topic)), choice(words.other, ""));
  show("topic");
}

function picture(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.body.dataset.pictures}#${name}`);
  svg.append(use);
  return svg;
}

function button(text, onPress) {
  const line = document.createElement("li");
  const made = document.createElement("button");
  made.type = "button";
  const label = document.createElement("span");
  label.textContent = text;
  made.append(label);
  made.addEventListener("click", onPress);
  line.append(made);
  return line;
}

function choice(text, topic) {
  const line = button(text, () => take(topic));
  line.firstChild.prepend(picture(topic || "unknown"));
  return line;
}

async function send(ticket) {
  const options = { method: "POST", credentials: "omit", body: JSON.stringify(ticket) };
  const answer = await fetch(setup.tickets, { ...options, signal: AbortSignal.timeout(WAIT_FOR_SERVER) });
  if (answer.status >= 500) throw new Error(String(answer.status));
  if (!answer.ok) return { ok: false }; // refused, or the screen was stopped
  return { ok: true, ...(await answer.json()) };
}

/** A number of the kiosk's own, or undefined when all of today are given. */
function ownNumber(ticket) {
  const state = kept();
  if (state.day !== today()) Object.assign(state, { day: today(), used: 0, unsent: [], refused: [] });
  if (setup.day === state.day) state.used = Math.max(state.used, setup.used); // the memory of the browser was emptied
  if (state.used >= setup.count) return undefined;
  const number = setup.first + state.used;
  state.used += 1;
  state.unsent.push({ ...ticket, number, issued_at: new Date().toISOString() });
  keep(state);
  return number;
}

let isTaking = false;
async function take(topic) {
  if (isTaking) return;
  isTaking = true;
  clearTimeout(timer);
  const ticket = { id: crypto.randomUUID(), topic, language: words.code };
  try {
    const answer = await send(ticket);
    if (answer.ok) showNumber(answer);
    else show("failed");
  } catch {
    const number = ownNumber(ticket);
    if (number === undefined) show("failed");
    else showNumber({ number, ahead: null, minutes: null, qr: null });
  } finally {
    isTaking = false;
  }
}

function showNumber({ number, ahead, minutes, qr }) {
  byId("number").textContent = number;
  const said = ahead === null ? [words.offline] : [words.ahead.replace("{n}", ahead)];
  if (minutes > 1 && ahead) said.push(words.minutes.replace("{n}", minutes));
  byId("wait").textContent = said.join(" ");
  byId("qr").hidden = !qr;
  if (qr) {
    byId("qr").querySelector("svg").setAttribute("viewBox", `0 0 ${qr.size} ${qr.size}`);
    byId("qr").querySelector("path").setAttribute("d", qr.path);
  }
  const day = { day: "numeric", month: "numeric", year: "numeric", hour: "2-digit", minute: "2-digit" };
  byId("paper-day").textContent = new Intl.DateTimeFormat("it", day).format(new Date());
  show("number");
}

let isSending = false;
/** Tell the server of the numbers given without it, one after the other. One that it refuses is kept beside. */
async function sendUnsent() {
  if (isSending) return;
  isSending = true;
  try {
    for (const ticket of kept().unsent) {
      const answer = await send(ticket);
      const state = kept();
      state.unsent = state.unsent.filter((one) => one.id !== ticket.id);
      if (!answer.ok) state.refused = [...(state.refused || []), ticket];
      keep(state);
    }
  } finally {
    isSending = false;
  }
}

async function tellAlive() {
  try {
    await fetch(setup.seen, { method: "POST", credentials: "omit" });
    await sendUnsent();
  } catch {
    // without network; the next minute tries again
  }
}

byId("languages").append(...setup.languages.map((language) => {
  const line = button(language.name, () => speak(language));
  line.firstChild.lang = language.code;
  line.firstChild.dir = language.direction;
  return line;
}));
byId("back").addEventListener("click", begin);
byId("done").addEventListener("click", begin);
byId("again").addEventListener("click", begin);
byId("print").addEventListener("click", () => window.print());
window.addEventListener("online", tellAlive);
setInterval(tellAlive, ALIVE);
tellAlive();
begin();
