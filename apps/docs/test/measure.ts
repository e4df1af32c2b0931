/**
 * What the site weighs and how fast it trains: `pnpm --filter @unroll/docs run measure`.
 *
 *   --only weight,first,speed,tasks,heap   some of it
 *   --minutes 30                           for how long the memory is watched
 *   --record                               docs/measured keeps what came of it
 *
 * It ends with 1 if a figure is not what was asked for.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type Figure, keepMeasured, typedCommand } from '@unroll/measured';
import { WasmBackend } from '@unroll/tensor-wasm';
import type { Page } from 'playwright-core';
import { content } from '../src/build/root.ts';
import { Lab } from '../src/lab/lab.ts';
import { defaults, queryOf } from '../src/lab/settings.ts';
import { reasonToSkip, visit } from './site/browse.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    minutes: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false },
  },
});
const reason = reasonToSkip();
if (reason !== undefined) {
  console.error(reason);
  process.exit(1);
}
const text = await readFile(join(content, 'public/text/en.txt'), 'utf8');
const settings = { ...defaults, steps: 1_000_000 };
const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[all.length >> 1];
const figures: Figure[] = [];
/** @param isMet whether it is as asked: if not, the command fails in the end */
function show(what: string, value: string, asked?: string, isMet = true): void {
  const verdict = asked ? `   asked: ${asked}${isMet ? '' : ', NOT MET'}` : '';
  console.log(`${what.padEnd(58)} ${value.padStart(12)}${verdict}`);
  figures.push({ what, value, ...(asked && { asked }) });
  if (!isMet) process.exitCode = 1;
}

async function begin(page: Page): Promise<void> {
  await page.fill('#playground-text', text);
  await page.click('.playground-run .large');
  await page.waitForFunction(
    () => Number(document.querySelector('.playground')?.getAttribute('data-loss')) > 0,
  );
}

const playground = `playground?${queryOf(settings)}`;

const parts: Record<string, () => Promise<void>> = {
  weight: async () => {
    const site = await visit();
    const weigh = async (
      path: string,
      act: (page: Page) => Promise<void>,
    ): Promise<[still: number, live: number]> => {
      const page = await site.open('404');
      let sum = 0;
      const pending: Promise<void>[] = [];
      page.context().on('response', (response) => {
        if (!new URL(response.url()).pathname.endsWith('.js')) return;
        const add = (body: Buffer): void => {
          sum += gzipSync(body).length;
        };
        pending.push(response.body().then(add));
      });
      await page.goto(new URL(path, site.server.url).href, { waitUntil: 'networkidle' });
      await Promise.all(pending);
      const still = sum;
      await act(page);
      await page.waitForLoadState('networkidle');
      await Promise.all(pending);
      await page.context().close();
      return [still / 1000, (sum - still) / 1000];
    };
    const [still] = await weigh('guides/sizes', async () => {});
    show(
      'JavaScript of a page without a live part, gzip',
      `${still.toFixed(1)} KB`,
      '120 KB at most',
      still <= 120,
    );
    const [landing, live] = await weigh('', async (page) => {
      await page.click('.landing-demo button');
      await page.waitForFunction(
        () => Number(document.querySelector('.landing-demo')?.getAttribute('data-loss')) > 0,
      );
    });
    show(
      'JavaScript of the landing page, before Start',
      `${landing.toFixed(1)} KB`,
      '120 KB at most',
      landing <= 120,
    );
    show('what training there fetches', `${live.toFixed(1)} KB`, '150 KB at most', live <= 150);
    const [, more] = await weigh(playground, begin);
    show('what training in the playground fetches', `${more.toFixed(1)} KB`, '150 KB at most', more <= 150);
    await site.close();
  },

  first: async () => {
    const site = await visit();
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const page = await site.open(playground);
      await page.fill('#playground-text', text);
      const start = performance.now();
      await page.click('.playground-run .large');
      await page.waitForFunction(
        () => Number(document.querySelector('.playground')?.getAttribute('data-loss')) > 0,
      );
      times.push(performance.now() - start);
      await page.context().close();
    }
    const time = median(times);
    show(
      'from Train to the first loss, median of 5',
      `${time.toFixed(0)} ms`,
      '2,000 ms at most',
      time <= 2000,
    );
    await site.close();
  },

  speed: async () => {
    const site = await visit({ isolated: false }); // one thread
    const inNode: number[] = [];
    const inTab: number[] = [];
    for (let i = 0; i < 3; i++) {
      const backend = await WasmBackend.create({ threads: 1 });
      const lab = Lab.create(settings, text, backend, () => new Promise((resolve) => setImmediate(resolve)));
      setTimeout(() => lab.stop(), 8000);
      const rates: number[] = [];
      await lab.run(
        (event) => {
          if (event.type === 'step') rates.push(event.tokensPerSecond);
        },
        async () => {},
      );
      inNode.push(median(rates));
      lab.dispose();
      backend.dispose();
      const page = await site.open(playground);
      await begin(page);
      const seen: number[] = [];
      for (let second = 0; second < 8; second++) {
        await page.waitForTimeout(1000);
        const shown = await page.textContent('.playground-figures div:last-child dd');
        seen.push(Number(shown?.replaceAll(/\D/g, '')));
      }
      inTab.push(median(seen));
      await page.context().close();
    }
    const ratio = median(inTab.map((rate, i) => rate / inNode[i]));
    show('tokens a second in Node, one thread', median(inNode).toFixed(0));
    const shown = `${median(inTab).toFixed(0)}, ${ratio.toFixed(2)} x`;
    show('in the tab, one thread', shown, '0.7 x at least', ratio >= 0.7);
    await site.close();
  },

  tasks: async () => {
    const site = await visit();
    const page = await site.open(playground);
    await begin(page);
    await page.evaluate(() => {
      const seen: number[] = [];
      Object.assign(globalThis, { longTasks: seen });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) seen.push(duration);
      }).observe({ type: 'longtask' });
    });
    await page.waitForTimeout(20_000);
    const tasks = await page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks);
    const longest = tasks.length > 0 ? `, ${Math.max(...tasks).toFixed(0)} ms` : '';
    const what = 'tasks over 50 ms on the main thread in 20 s of training';
    show(what, `${tasks.length}${longest}`, 'none', tasks.length === 0);
    await site.close();
  },

  heap: async () => {
    const minutes = Number(values.minutes);
    const site = await visit();
    const page = await site.open(playground);
    await begin(page);
    const bytes: number[] = [];
    const end = performance.now() + minutes * 60_000;
    while (performance.now() < end) {
      await page.waitForTimeout(5000);
      // The whole tab, its workers too, after a collection: that is what this measures.
      const measured = await page.evaluate(() =>
        (performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> })
          .measureUserAgentSpecificMemory()
          .then(({ bytes }) => bytes),
      );
      bytes.push(measured);
    }
    if ((await page.getAttribute('.playground', 'data-training')) !== 'true')
      throw new Error('it stopped training');
    const tenth = Math.max(1, Math.floor(bytes.length / 10));
    const [first, last] = [median(bytes.slice(tenth, 2 * tenth)), median(bytes.slice(-tenth))];
    const growth = (100 * (last - first)) / first;
    show(
      `memory of the tab over ${minutes} min: ${(first / 1e6).toFixed(1)} to ${(last / 1e6).toFixed(1)} MB`,
      `${growth.toFixed(1)} %`,
      'within 5 %',
      Math.abs(growth) <= 5,
    );
    await site.close();
  },
};

const wanted = values.only?.split(',') ?? Object.keys(parts);
for (const name of wanted) {
  if (!Object.hasOwn(parts, name)) {
    console.error(`--only: expected some of ${Object.keys(parts).join(', ')}, got ${name}`);
    process.exit(2);
  }
  await parts[name]();
}
if (values.record) {
  await keepMeasured({
    name: 'site',
    title: 'This site',
    about:
      'Weighs pages of the built site in Chromium, trains in its playground, and watches the main thread and the memory of the tab.',
    command: typedCommand('pnpm --filter @unroll/docs run measure'),
    figures,
  });
}
