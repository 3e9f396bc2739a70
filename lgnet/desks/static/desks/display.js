// The display of the waiting room: asks for what is called, rings when it is new, goes on when the network is gone.
const EVERY = 3000;
const ALIVE = 60_000;
const page = document.querySelector(".display");
const byId = (id) => document.getElementById(id);
let known = new Map(); // how often each number was called, as shown last
let begun = false;
let seen = new Date();
let sound;

function ring() {
  if (!sound) return;
  [880, 660].forEach((pitch, at) => {
    const tone = sound.createOscillator();
    const loud = sound.createGain();
    tone.frequency.value = pitch;
    tone.connect(loud).connect(sound.destination);
    const start = sound.currentTime + at * 0.35;
    loud.gain.setValueAtTime(0.4, start);
    loud.gain.exponentialRampToValueAtTime(0.001, start + 0.8);
    tone.start(start);
    tone.stop(start + 0.8);
  });
}

function row(call, isNew) {
  const line = document.createElement("li");
  line.classList.toggle("is-new", isNew);
  for (const [css, text] of [["display-number", call.number], ["display-counter", call.counter]]) {
    const part = document.createElement("span");
    part.className = css;
    part.textContent = text;
    line.append(part);
  }
  return line;
}

/** Draw only what changed, so that a screen reader and the flashing are not started anew each time. */
function show(answer) {
  const calls = new Map(answer.called.map((call) => [call.number, call.calls]));
  const isSame = begun && calls.size === known.size && [...calls].every(([number, times]) => known.get(number) === times);
  if (!isSame) {
    const fresh = answer.called.filter((call) => known.get(call.number) !== call.calls);
    byId("called").replaceChildren(...answer.called.map((call) => row(call, begun && fresh.includes(call))));
    if (begun && fresh.length) ring();
    known = calls;
  }
  const words = byId("foot").dataset;
  const parts = [words.waiting.replace("{n}", answer.waiting)];
  if (answer.minutes !== null) parts.push(words.minutes.replace("{n}", answer.minutes));
  if (!answer.called.length) parts.unshift(words.nobody);
  byId("foot").textContent = parts.join(" · ");
  begun = true;
}

async function look() {
  try {
    const answer = await fetch(page.dataset.now, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(8000) });
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.json());
    seen = new Date();
    byId("stale").hidden = true;
  } catch {
    const at = seen.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    byId("stale").textContent = byId("stale").dataset.text.replace("{at}", at);
    byId("stale").hidden = false;
  }
  setTimeout(look, EVERY);
}

/** Tell the desk that this screen is alive; without network it looks as if it were off, which is what to see to. */
const tellAlive = () => fetch(page.dataset.seen, { method: "POST", credentials: "omit" }).catch(() => undefined);
setInterval(tellAlive, ALIVE);
tellAlive();

byId("sound").addEventListener("click", () => {
  sound = sound || new AudioContext(); // browsers let a page sound only after a touch
  byId("sound").setAttribute("aria-pressed", "true");
  byId("sound").hidden = true;
  ring();
});
look();
