/** Has the site kept for when there is no connection, once a page has nothing else to do; not where data is to be saved. */
export function keepForOffline(base: string): void {
  if (!('serviceWorker' in navigator)) return; // an old browser, or a page that did not come over https
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  if (connection?.saveData) return;
  const begin = (): void => void keep(base).catch(() => {}); // then it needs a connection, as before
  const whenIdle = (): void => {
    if ('requestIdleCallback' in window) requestIdleCallback(begin, { timeout: 10_000 });
    else setTimeout(begin, 2000);
  };
  if (document.readyState === 'complete') whenIdle();
  else window.addEventListener('load', whenIdle, { once: true });
}

/** A page that was reached by a link never came as a page: it is asked for once, so that it can be opened again. */
export function keepVisited(path: string): void {
  const controller = 'serviceWorker' in navigator ? navigator.serviceWorker.controller : undefined;
  if (controller) askToKeep(controller, [new URL(path, location.href).href]);
}

async function keep(base: string): Promise<void> {
  const { serviceWorker } = navigator;
  const isFirst = serviceWorker.controller === null;
  await serviceWorker.register(`${base}service-worker.js`, { scope: base });
  if (!isFirst) return;
  // What this page consists of went past it.
  const { active } = await serviceWorker.ready;
  const resources = performance.getEntriesByType('resource').map(({ name }) => name);
  const own = resources.filter((url) => url.startsWith(new URL(base, location.href).href));
  if (active) askToKeep(active, [location.href, ...own]);
}

/** By the message that workbox-routing listens for. */
function askToKeep(worker: ServiceWorker, urls: readonly string[]): void {
  const urlsToCache = urls.map((url) => url.replace(/#.*/, ''));
  worker.postMessage({ type: 'CACHE_URLS', payload: { urlsToCache } });
}
