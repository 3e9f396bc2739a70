// The service worker of the street app. SHELL, its version and its files, stands above: the server writes it.
// It keeps these files and nothing else: no other page, no answer of the server.
const CACHE = `lgnet-street-${SHELL.version}`;
const KEPT = new Set(SHELL.files.map((file) => file.url));

/** Fetch the page and every file anew; a file of another version does not fit its hash, and then all is as before. */
async function install() {
  const cache = await caches.open(CACHE);
  const page = await fetch(SHELL.page, { cache: "reload", redirect: "error" });
  if (!page.ok) throw new Error("the page is not for whoever is signed in");
  const files = SHELL.files.map(async ({ url, integrity }) => {
    await cache.put(url, await fetch(url, { cache: "reload", integrity, redirect: "error" }));
  });
  await Promise.all([cache.put(SHELL.page, page), ...files]);
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith("lgnet-street-") && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

/** @param {string} key @param {Request} request */
async function fromShell(key, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(key)) || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", ({ data, ports }) => {
  if (data === "take over") self.skipWaiting();
  if (data === "version") ports[0].postMessage(SHELL.version);
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === SHELL.page) event.respondWith(fromShell(SHELL.page, request));
  else if (KEPT.has(url.pathname)) event.respondWith(fromShell(url.pathname, request));
});
