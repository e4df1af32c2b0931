/**
 * Keeps the site for when there is no connection: what live parts are made of at once, pages and their files as they are visited. A page is
 * asked for first where it comes from, so that nobody reads an old one.
 */
import { clientsClaim } from 'workbox-core';
import { ExpirationPlugin } from 'workbox-expiration';
import { precacheAndRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst, NetworkFirst } from 'workbox-strategies';

/** Put in when the site is built. */
declare const BASE: string;
declare const LIVE_PARTS: readonly string[];

/** Seconds after which a page that is kept is shown instead. */
const PATIENCE = 4;

precacheAndRoute(LIVE_PARTS.map((url) => ({ url, revision: null }))); // their names have their hashes
registerRoute(
  ({ sameOrigin, url }) => sameOrigin && url.pathname.startsWith(`${BASE}assets/`),
  new CacheFirst({
    cacheName: `unroll ${BASE} assets`,
    plugins: [new ExpirationPlugin({ maxEntries: 400 })],
  }),
);
registerRoute(
  ({ sameOrigin, url }) => sameOrigin && url.pathname.startsWith(BASE),
  new NetworkFirst({
    cacheName: `unroll ${BASE} pages`,
    networkTimeoutSeconds: PATIENCE,
    matchOptions: { ignoreSearch: true }, // the settings of the playground
    plugins: [new ExpirationPlugin({ maxEntries: 200 })],
  }),
);
clientsClaim(); // the first page that is visited too
