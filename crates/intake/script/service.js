// Shows the screens of one personal link while there is no network: those opened before, and those that the page fetched
// ahead. Everything is kept under the name of the link, on this device alone, and is erased with it by the page's script.
'use strict';
const link = new URL(registration.scope).pathname;
const NAME = 'barometre:' + link + '/';
// In the language of the link: its address is that of the link but for the link itself.
const NOTICE = link.replace(/\/q\/[^/]+$/, '/hors-ligne');
const PATIENCE = 20000;

addEventListener('install', event => {
  skipWaiting();
  event.waitUntil(caches.open(NAME).then(cache => cache.add(NOTICE)));
});
addEventListener('activate', event => event.waitUntil(clients.claim()));

// The network alone says what is saved; a copy speaks only when the network does not, and says that it is one.
const page = async request => {
  const { pathname } = new URL(request.url);
  try {
    // A form that was posted is not cut off: it may have been heard.
    const signal = request.method === 'GET' && AbortSignal.timeout ? AbortSignal.timeout(PATIENCE) : undefined;
    const answer = await fetch(request, { signal });
    if (request.method === 'GET' && answer.ok && answer.headers.has('barometre-screen')) {
      const copy = answer.clone();
      caches.open(NAME).then(cache => cache.put(pathname, copy)).catch(() => {});
    }
    return answer;
  } catch {
    const cache = await caches.open(NAME);
    const kept = (request.method === 'GET' && await cache.match(pathname)) || await cache.match(NOTICE);
    if (!kept) return Response.error();
    const html = (await kept.text()).replace('<html', '<html data-copie');
    return new Response(html, { headers: kept.headers });
  }
};

// The style sheet and the script are kept by the browser itself, for a year.
addEventListener('fetch', event => {
  if (event.request.mode === 'navigate') event.respondWith(page(event.request));
});
