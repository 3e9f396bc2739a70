// The worker that keeps the app on the phone: put in place, asked for its version, replaced when nothing is open.

const PLACE = document.documentElement.dataset.worker || "";
let isWatched = false;
const isInUse = () => !["opening", "lock", "setup", "emptied"].includes(document.body.dataset.at || "opening");

/** @returns {Promise<string>} the version of the shell in use; empty when no worker is there yet */
export async function register() {
  if (!navigator.serviceWorker) return "";
  navigator.serviceWorker.register(PLACE, { scope: "./", updateViaCache: "none" }).catch(() => {}); // no signal
  const { controller } = navigator.serviceWorker;
  return controller ? ask(controller) : "";
}

/** @param {ServiceWorker} worker @returns {Promise<string>} */
function ask(worker) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(() => resolve(""), 1000);
    worker.postMessage("version", [port2]);
  });
}

/** Start the new version when there is one and nothing is open: the queue is in the database, which both know. */
export async function takeOver() {
  const registration = await navigator.serviceWorker?.getRegistration("./");
  if (!registration?.active) return; // the first one starts by itself
  const wait = (worker) =>
    worker.addEventListener("statechange", () => worker.state === "installed" && replace(registration));
  if (!isWatched) {
    registration.addEventListener("updatefound", () => registration.installing && wait(registration.installing));
    navigator.serviceWorker.addEventListener("controllerchange", () => !isInUse() && location.reload());
  }
  isWatched = true;
  if (registration.waiting) replace(registration);
  else if (navigator.onLine) registration.update().catch(() => {});
}

function replace(registration) {
  if (isInUse() || !registration.waiting || !registration.active) return;
  registration.waiting.postMessage("take over");
}
