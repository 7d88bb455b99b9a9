/// <reference lib="webworker" />
/** Keeps this build on the device, whole or not at all, so that the kiosk opens without network. A newer build waits beside it until the kiosk is idle. */
declare const self: ServiceWorkerGlobalScope;
declare const __PRECACHE__: string[];
declare const __BUILD__: string;

const CACHE = `kiosk-${__BUILD__}`;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(__PRECACHE__.map((file) => new Request(file, { cache: file.startsWith("assets/") ? "default" : "reload" })));
  })());
});

/** The page says when nobody stands at the kiosk. Until then the build before keeps its worker and its files. */
self.addEventListener("message", (event) => {
  if (event.data === "take-over") event.waitUntil(self.skipWaiting());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("kiosk-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !url.href.startsWith(self.registration.scope)) return;
  event.respondWith((async () => {
    const cache = await caches.open(CACHE);
    const asked = event.request.mode === "navigate" ? self.registration.scope : event.request;
    return (await cache.match(asked, { ignoreSearch: true })) ?? fetch(event.request);
  })());
});

export {};
