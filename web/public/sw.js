// Keeps the shell of the screen (pages and their hashed files) for when there is no line. Never an answer of /api: numbers that
// are not the server's own are worse than none. build/compress.mjs writes the version.
const VERSION = "@version@";
const SHELL = `parrot-shell-${VERSION}`;
const FIRST = ["/offline.html", "/offline.css"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(FIRST)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => Promise.all(names.filter((name) => name.startsWith("parrot-shell-") && name !== SHELL).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});

// What the first page had loaded before this worker stood: the browser has it, so that no byte is sent twice.
self.addEventListener("message", (event) => {
  if (event.data?.keep && Array.isArray(event.data.keep)) event.waitUntil(keepAll(event.data.keep));
});

async function keepAll(addresses) {
  const shell = await caches.open(SHELL);
  const ours = addresses.map((address) => new URL(address, location.origin)).filter(isShellFile);
  await Promise.allSettled(ours.map(async ({ href }) => (await shell.match(href)) ?? shell.add(href)));
}

const isShellFile = ({ origin, pathname }) => origin === location.origin && (pathname.startsWith("/_next/static/") || pathname.startsWith("/icons/") || pathname === "/appearance.js");

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (request.destination === "document" && !/^\/(api|reports|health|ready|metrics)(\/|$)/.test(address.pathname)) event.respondWith(page(request, address));
  } else if (isShellFile(address)) event.respondWith(file(request));
});

async function file(request) {
  const shell = await caches.open(SHELL);
  const kept = await shell.match(request);
  if (kept && new URL(request.url).pathname.startsWith("/_next/static/")) return kept; // its name is its content
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await shell.put(request, fresh.clone());
    return fresh;
  } catch (fault) {
    if (kept) return kept;
    throw fault;
  }
}

async function page(request, { pathname }) {
  const shell = await caches.open(SHELL);
  try {
    // Asked anew and not passed on: behind a link on another site it would look like that site's own question, and be refused.
    const fresh = await fetch(new Request(request, { redirect: "manual" }));
    if (fresh.ok && !fresh.redirected && fresh.headers.get("content-type")?.startsWith("text/html")) await shell.put(pathname, fresh.clone());
    return fresh;
  } catch {
    return (await shell.match(pathname)) ?? (await shell.match("/offline.html")) ?? Response.error();
  }
}

// A push is shown as it came: it was sealed for this browser by the gateway. A press on it opens its page, or the one that is open.
self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    return;
  }
  const { title = "Parrot", body = "", tag = "parrot", place = "/" } = told;
  event.waitUntil(self.registration.showNotification(String(title), { body: String(body), tag: String(tag), icon: "/icons/parrot-192.png", data: { place: String(place) } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data?.place ?? "/", location.origin);
  if (address.origin === location.origin) event.waitUntil(opened(address.href));
});

async function opened(address) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const found = pages[0];
  if (!found) return self.clients.openWindow(address);
  await found.focus();
  return found.navigate(address);
}
