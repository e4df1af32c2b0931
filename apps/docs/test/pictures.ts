/**
 * Every page as a picture, in two widths, two themes, two languages: `pnpm --filter @unroll/docs run pictures -- <folder>`. To be looked at.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonToSkip, visit } from './site/browse.ts';
import { builtPages } from './site/pages.ts';

const [folder, filter = ''] = process.argv.slice(2).filter((word) => word !== '--');
const reason = folder === undefined ? 'name a folder for the pictures' : reasonToSkip();
if (folder === undefined || reason !== undefined) {
  console.error(reason);
  process.exit(1);
}
/** Of a page of the API, some of which are a hundred screens long, the first show how it looks. */
const HIGHEST = 6000;
await mkdir(folder, { recursive: true });
const site = await visit();
const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 360, height: 740 } };
for (const colorScheme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(sizes)) {
    const page = await site.open('', { viewport, colorScheme, reducedMotion: 'reduce' });
    for (const path of builtPages().filter((path) => path.includes(filter))) {
      await page.goto(new URL(path, site.server.url).href, { waitUntil: 'networkidle' });
      const name = path.replace(/\/$/, '').replaceAll('/', '-') || 'index';
      await page.waitForTimeout(200); // what is live has its height by now
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.screenshot({
        path: join(folder, `${name}-${size}-${colorScheme}.png`),
        fullPage: true,
        clip: { x: 0, y: 0, width: viewport.width, height: Math.min(height, HIGHEST) },
      });
    }
    await page.context().close();
  }
}
await site.close();
if (site.complaints.length > 0) console.error(site.complaints.join('\n'));
