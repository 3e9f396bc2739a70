// The board renews its live part while somebody can see it. Focus and scroll stay, only what is new is announced, and
// without a connection it says since when it is not up to date. Without this script the page has its "look again".
(function () {
  "use strict";
  const board = document.getElementById("board-live");
  const state = document.getElementById("board-state");
  const pause = document.querySelector("[data-live-pause]");
  if (!board || !window.htmx) return;
  const every = Number(board.dataset.live) * 1000;
  let behind = false;
  let paused = false;
  let last = Date.now();
  let scrolled = [];

  const facts = () => ({ ...board.querySelector("[data-board]").dataset });
  let known = facts();
  const say = (text) => { if (state.textContent !== text) state.textContent = text; };
  const told = (name, value) => state.dataset[name].replace("{n}", value);

  function renew() {
    if (paused || document.hidden) return;
    last = Date.now();
    window.htmx.trigger(board, "lg:renew");
  }

  function failed(name) {
    behind = true;
    say(told(name, known.at));
  }

  board.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr;
    if (answer.status === 200 && !answer.responseText.includes("data-board")) { event.detail.shouldSwap = false; failed("behind"); }
    scrolled = [...board.querySelectorAll("[id]")].filter((part) => part.scrollLeft).map((part) => [part.id, part.scrollLeft]);
  });
  board.addEventListener("htmx:afterSwap", () => {
    scrolled.forEach(([id, left]) => { const part = document.getElementById(id); if (part) part.scrollLeft = left; });
    const now = facts();
    const more = Number(now.contacts) - Number(known.contacts);
    if (more > 0) say(told("more", more));
    else if (now.states !== known.states) say(state.dataset.changed);
    else if (behind) say(state.dataset.again);
    behind = false;
    known = now;
  });
  board.addEventListener("htmx:sendError", () => failed("behind"));
  board.addEventListener("htmx:timeout", () => failed("behind"));
  board.addEventListener("htmx:responseError", (event) => failed(event.detail.xhr.status === 401 ? "out" : "behind"));
  document.addEventListener("visibilitychange", () => { if (Date.now() - last > every) renew(); });
  window.addEventListener("online", renew);
  window.addEventListener("offline", () => failed("behind"));
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? pause.dataset.liveGo : pause.dataset.livePause;
    if (!paused) renew();
  });
  setInterval(renew, every);
})();
