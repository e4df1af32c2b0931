import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reasonToSkip, type Visit, visit } from '../site/browse.ts';
import { builtPages } from '../site/pages.ts';

const reason = reasonToSkip();
if (reason !== undefined) console.warn(`the site was not looked at: ${reason}`);
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const own = builtPages().filter((path) => !/^(decisions|packages)\//.test(path));

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
      for (const path of own) {
        await page.goto(new URL(path, site.server.url).href, { waitUntil: 'networkidle' });
        await page.evaluate(axeSource);
        const { violations } = await page.evaluate(() =>
          (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
          }),
        );
        for (const { id, impact, nodes } of violations) {
          if (impact !== 'serious' && impact !== 'critical') continue;
          found.push(
            `${path || '/'}: ${id}: ${nodes
              .map(({ html }) => html.slice(0, 120))
              .slice(0, 2)
              .join(' … ')}`,
          );
        }
      }
      await page.context().close();
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
