/**
 * Every page as a picture, in two widths, two themes, two languages: `pnpm --filter @unroll/docs run pictures -- <folder>`. To be looked at.
 *
 * A second word after the folder takes only pages with that in their path.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { en } from '../src/words/en.ts';
import { ko } from '../src/words/ko.ts';
import { reasonToSkip, visit } from './site/browse.ts';
import { builtPages } from './site/pages.ts';

/** Of a page of the API, some of which are a hundred screens long, the first show how it looks. */
const HIGHEST = 6000;
const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 360, height: 740 } };

const [folder, filter = ''] = process.argv.slice(2).filter((word) => word !== '--');
const reason = folder === undefined ? 'name a folder for the pictures' : reasonToSkip();
if (folder === undefined || reason !== undefined) {
  console.error(reason);
  process.exit(1);
}
await mkdir(folder, { recursive: true });
const site = await visit();

/** What a page is for is seen when it is at work. */
async function begin(page: Page): Promise<void> {
  for (const player of await page.locator('.player').all()) {
    await player.locator('button').first().click();
    await player.locator('.player-call').waitFor();
  }
  const small = page.locator('.playground .button', {
    hasText: new RegExp(`${en.playground.begin}|${ko.playground.begin}`),
  });
  if ((await small.count()) > 0) {
    await small.click();
    await page.locator('.hidden-map canvas').waitFor();
  }
  await page.evaluate(() => window.scrollTo(0, 0));
}

async function take(colorScheme: 'light' | 'dark', size: keyof typeof sizes): Promise<void> {
  const viewport = sizes[size];
  const page = await site.open('', { viewport, colorScheme, reducedMotion: 'reduce' });
  for (const path of builtPages().filter((path) => path.includes(filter))) {
    await page.goto(new URL(path, site.server.url).href, { waitUntil: 'networkidle' });
    await begin(page);
    await page.waitForTimeout(200); // what is live has its height by now
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    const name = path.replace(/\/$/, '').replaceAll('/', '-') || 'index';
    await page.screenshot({
      path: join(folder, `${name}-${size}-${colorScheme}.jpg`),
      ...{ type: 'jpeg', quality: 85, fullPage: true },
      clip: { x: 0, y: 0, width: viewport.width, height: Math.min(height, HIGHEST) },
    });
  }
  await page.context().close();
}

for (const size of ['desktop', 'phone'] as const) {
  await Promise.all([take('light', size), take('dark', size)]);
}
await site.close();
if (site.complaints.length > 0) console.error(site.complaints.join('\n'));
