import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reasonToSkip, type Visit, visit } from '../site/browse.ts';
import { builtPages } from '../site/pages.ts';

const reason = reasonToSkip();
if (reason !== undefined) console.warn(`the site was not looked at: ${reason}`);
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds in a page as it is now. */
async function seriousIn(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
    }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => {
      const shown = nodes.slice(0, 2).map(({ html }) => html.slice(0, 120));
      return `${id}: ${shown.join(' … ')}`;
    });
}

describe.skipIf(reason !== undefined)('every page', () => {
  let site: Visit;
  beforeAll(async () => {
    site = await visit();
  });
  afterAll(() => site?.close());

  it.each(['light', 'dark'] as const)(
    'has no serious finding of axe, %s',
    { timeout: 600_000 },
    async (colorScheme) => {
      const page = await site.open('', { colorScheme, reducedMotion: 'reduce' });
      const found: string[] = [];
      for (const path of builtPages()) {
        await page.goto(new URL(path, site.server.url).href, { waitUntil: 'networkidle' });
        found.push(...(await seriousIn(page)).map((finding) => `${path || '/'}: ${finding}`));
      }
      await page.context().close();
      expect(found).toEqual([]);
    },
  );

  it.each(['light', 'dark'] as const)(
    'has no serious finding of axe with its live parts at work, %s',
    { timeout: 300_000 },
    async (colorScheme) => {
      const found: string[] = [];
      const looked = async (path: string, act: (page: Page) => Promise<void>): Promise<void> => {
        const page = await site.open(path, { colorScheme, reducedMotion: 'reduce' });
        await act(page);
        found.push(...(await seriousIn(page)).map((finding) => `${path || '/'}: ${finding}`));
        await page.context().close();
      };
      for (const path of ['reading/lstm', 'reading/time-lstm', 'ko/reading/rnnlm'])
        await looked(path, async (page) => {
          const players = page.locator('.player');
          for (let i = 0; i < (await players.count()); i++) {
            await players.nth(i).locator('button').first().click();
            await players.nth(i).locator('summary').click();
          }
        });
      await looked('', async (page) => {
        await page.click('.landing-demo button');
        await page.waitForFunction(
          () => Number(document.querySelector('.landing-demo')?.getAttribute('data-step')) > 100,
        );
      });
      for (const path of ['playground', 'ko/playground'])
        await looked(`${path}?hiddenSize=32&steps=300`, async (page) => {
          await page.fill('#playground-text', 'to be or not to be, that is the question. '.repeat(80));
          await page.click('.playground-run .large');
          await page.waitForFunction(
            () => Number(document.querySelector('.playground')?.getAttribute('data-step')) >= 300,
          );
          await page.locator('.playground-part textarea').last().fill('to be');
          await page.waitForSelector('.playground-part .bars output');
          await page.waitForSelector('.hidden-map canvas');
        });
      expect(found).toEqual([]);
    },
  );

  it('fits a phone of 360 pixels', { timeout: 600_000 }, async () => {
    const page = await site.open('', { viewport: { width: 360, height: 740 }, hasTouch: true });
    const wide: string[] = [];
    for (const path of builtPages()) {
      await page.goto(new URL(path, site.server.url).href, { waitUntil: 'load' });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > 360) wide.push(`${path}: ${width}`);
    }
    await page.context().close();
    expect(wide).toEqual([]);
    expect(site.complaints).toEqual([]);
  });
});

describe.skipIf(reason !== undefined)('with a keyboard alone', () => {
  let site: Visit;
  beforeAll(async () => {
    site = await visit();
  });
  afterAll(() => site?.close());

  it('a reading can be stepped through', { timeout: 60_000 }, async () => {
    const page = await site.open('reading/lstm');
    const player = page.locator('.player').first();
    const slider = player.locator('input[type="range"]');
    await player.locator('button').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => slider.inputValue()).toBe('1');
    await page.keyboard.press('Enter'); // the focus is on the way forth by now
    await expect.poll(() => slider.inputValue()).toBe('2');
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => slider.inputValue()).toBe('3');
    expect(await page.locator('.line.now').count()).toBe(1);
    await page.context().close();
  });

  it('the playground trains and pauses', { timeout: 60_000 }, async () => {
    const page = await site.open('playground?hiddenSize=32&batchSize=8&timeSize=16');
    await page.focus('#playground-text');
    await page.keyboard.insertText('to be or not to be, that is the question. '.repeat(40));
    await page.waitForSelector('.playground-run .large:enabled');
    const atButton = () => page.evaluate(() => document.activeElement?.matches('.playground-run .large'));
    // On to the button, over all that can be set.
    for (let i = 0; i < 40 && !(await atButton()); i++) await page.keyboard.press('Tab');
    expect(await atButton()).toBe(true);
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () => Number(document.querySelector('.playground')?.getAttribute('data-step')) > 5,
    );
    await page.keyboard.press('Space'); // the button is the same, and still has the focus
    await page.waitForSelector('.playground[data-training="false"]');
    await page.context().close();
  });
});
