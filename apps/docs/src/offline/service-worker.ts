/**
 * Keeps the site for when there is no connection: what live parts are made of at once, pages and their files as they are visited. A page is
 * asked for first where it comes from; the one that is kept is for when no answer comes. What is kept belongs to one making of the site, and
 * goes with it: pages of one with scripts of another would not work.
 */
import { clientsClaim } from 'workbox-core';
import { ExpirationPlugin } from 'workbox-expiration';
import { precacheAndRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst, NetworkFirst } from 'workbox-strategies';

/** Put in when the site is built. */
declare const BASE: string;
declare const LIVE_PARTS: readonly string[];
/** Of this making of the site. */
declare const VERSION: string;

declare const self: EventTarget & { readonly caches: CacheStorage };

/** Seconds after which a page that is kept is shown instead. */
const PATIENCE = 4;
const ours = `unroll ${BASE} `;
const [assets, pages] = [`${ours}${VERSION} assets`, `${ours}${VERSION} pages`];

precacheAndRoute(LIVE_PARTS.map((url) => ({ url, revision: null }))); // their names have their hashes
registerRoute(
  ({ sameOrigin, url }) => sameOrigin && url.pathname.startsWith(`${BASE}assets/`),
  new CacheFirst({ cacheName: assets, plugins: [new ExpirationPlugin({ maxEntries: 400 })] }),
);
/** The settings of the playground stand in its address: one page, whatever they are. */
const withoutQuery = {
  cacheKeyWillBeUsed: async ({ request }: { request: Request }): Promise<string> => {
    const { origin, pathname } = new URL(request.url);
    return origin + pathname;
  },
};
const plugins = [withoutQuery, new ExpirationPlugin({ maxEntries: 200 })];
// A model is several files, which have to be of one making: however long it takes.
registerRoute(
  ({ sameOrigin, url }) => sameOrigin && url.pathname.startsWith(`${BASE}models/`),
  new NetworkFirst({ cacheName: pages, plugins }),
);
registerRoute(
  ({ sameOrigin, url }) => sameOrigin && url.pathname.startsWith(BASE),
  new NetworkFirst({ cacheName: pages, networkTimeoutSeconds: PATIENCE, plugins }),
);

/** Once no tab shows an older making of the site any more. */
self.addEventListener('activate', (event) => {
  const forgetOthers = async (): Promise<void> => {
    for (const name of await caches.keys())
      if (name.startsWith(ours) && name !== assets && name !== pages) await caches.delete(name);
  };
  (event as Event & { waitUntil(done: Promise<void>): void }).waitUntil(forgetOthers());
});
clientsClaim(); // the first page that is visited too
