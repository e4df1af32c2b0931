import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBroken } from '../../src/live/concepts/broken-gradient.ts';
import { descend } from '../../src/live/concepts/cliff.ts';
import { draws } from '../../src/live/concepts/draws.ts';
import { gradientDistances } from '../../src/live/concepts/gradient-distance.ts';
import { guess } from '../../src/live/concepts/guesses.ts';
import { masks } from '../../src/live/concepts/masks.ts';
import { blocksOf } from '../../src/live/concepts/streams.ts';
import { textBlock } from '../../src/live/concepts/text-blocks.ts';
import { tiedWeights } from '../../src/live/concepts/tied.ts';
import { play } from '../../src/live/play.ts';
import { timeLstm } from '../../src/live/scenarios/time-lstm.ts';
import { unrolledLstm } from '../../src/live/unrolled-lstm.ts';
import { en } from '../../src/words/en.ts';
import { reasonToSkip, type Visit, visit } from '../site/browse.ts';
import { expectPlayed } from '../site/players.ts';

const reason = reasonToSkip();
if (reason !== undefined) console.warn(`the site was not looked at: ${reason}`);

describe.skipIf(reason !== undefined)('what is live', { timeout: 60_000 }, () => {
  let site: Visit;
  beforeAll(async () => {
    site = await visit();
  });
  afterAll(() => site?.close());

  /** What all numbers in it are. */
  const valuesIn = (part: Locator, selector = 'td[data-value]'): Promise<number[]> =>
    part
      .locator(selector)
      .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-value'))));
  /** An attribute has no minus zero. */
  const plain = (values: readonly number[]): number[] => values.map((value) => value + 0);
  const picture = async (page: Page): Promise<Locator> => {
    await page.locator('.live[data-ready="true"]').first().waitFor();
    return page.locator('.live').first();
  };
  const noteOf = async (part: Locator): Promise<string> =>
    ((await part.locator('.live-note').textContent()) ?? '').trim();

  it.each([
    ['reading/lstm', 'lstm', 'forward'],
    ['reading/time-embedding', 'time-embedding', 'forward'],
    ['reading/time-affine', 'time-affine', 'backward'],
    ['reading/time-softmax-with-loss', 'time-softmax-with-loss', 'forward'],
    ['reading/rnnlm', 'rnnlm', 'backward'],
  ] as const)('%s: the numbers of %s, %s, are those of the package', async (path, name, pass) => {
    const page = await site.open(path);
    await expectPlayed(page, name, pass);
    await page.context().close();
  });

  it.each([
    ['reading/lstm', 'lstm', 'dcNext', 'backward'],
    ['reading/rnnlm', 'rnnlm', 'embed.W', 'forward'],
    ['reading/time-lstm', 'time-lstm', 'xs', 'forward'],
  ] as const)('%s: with another number in %s %s', async (path, name, given, pass) => {
    const page = await site.open(path);
    const player = page.locator(`.player[data-scenario="${name}"][data-pass="${pass}"]`);
    const { given: before } = await expectPlayed(page, name, pass);
    await player.locator('summary').click();
    const input = player.locator(`.player-given [data-name="${given}"] input`).first();
    await input.fill('');
    await input.press('Tab');
    expect(await input.inputValue()).toBe(String(Number(before[given].values[0].toPrecision(4)))); // no zero
    await input.fill('0.75');
    await input.press('Tab');
    await player.locator('button:enabled', { hasText: en.reading.reset }).waitFor();
    await player.locator('input[type="range"]').fill('1');
    const changes = { [given]: before[given].values.with(0, 0.75) };
    await expect.poll(() => valuesIn(player, `.player-given [data-name="${given}"] td`)).toContain(0.75);
    await expectPlayed(page, name, pass, { changes, isBegun: true });
    await page.context().close();
  });

  it('an LSTM unrolled over time, forward and backward, and with another word', async () => {
    const page = await site.open('reading/time-lstm');
    const part = page.locator('.unrolled');
    await part.locator('.cell').first().waitFor();
    const expectSteps = async (words: readonly number[]): Promise<void> => {
      const xs = words.flatMap((word) => [0, 1, 2].map((i) => (i === word ? 1 : 0)));
      const steps = unrolledLstm(await play(timeLstm, { xs, b: Array(12).fill(0) }));
      for (const mode of ['forward', 'backward'] as const) {
        await part.locator('button', { hasText: en.lstm[mode] }).click();
        for (const row of Object.keys(steps[0][mode])) {
          const rowOf = (step: Readonly<Record<string, readonly number[]>>) => plain(step[row]);
          const expected = steps.flatMap((step) => rowOf(step[mode]));
          await expect
            .poll(() => valuesIn(part, `.cell[data-row="${row}"]`), { message: `${mode} ${row}` })
            .toEqual(expected);
        }
      }
    };
    await expectSteps([0, 1, 2, 1]);
    await part.locator('select').nth(1).selectOption('2');
    await expectSteps([0, 2, 2, 1]);
    await page.context().close();
  });

  it('blocks of a text, and one that is too short', async () => {
    const page = await site.open('reading/truncated-bptt');
    const part = await picture(page);
    const expectBlock = (block: number) => {
      const { xs, ts } = textBlock({ length: 26, batchSize: 3, timeSize: 4, block });
      return expect.poll(() => valuesIn(part)).toEqual([...xs.values, ...ts.values]);
    };
    await expectBlock(0);
    await part.locator('button', { hasText: en.streams.next }).click();
    await expectBlock(1);
    await part.locator('input[type="range"]').first().fill('10');
    await expect
      .poll(() => part.locator('[role="alert"]').textContent())
      .toContain('expected at least 13 tokens');
    await page.context().close();
  });

  it('streams over a text', async () => {
    const page = await site.open('concepts/streams');
    const part = await picture(page);
    const { text } = en.streams;
    for (const count of [1, 2]) {
      const { streams } = blocksOf(text, 3, 6, count)[count - 1];
      const expected = streams.flat().map((place) => (text[place] === ' ' ? '␣' : text[place]));
      const shown = async () =>
        (await part.locator('.streams-block td').allTextContents()).map((each) => each.trim());
      await expect.poll(shown).toEqual(expected);
      await part.locator('button', { hasText: en.streams.next }).click();
    }
    await page.context().close();
  });

  it('how far a gradient comes', async () => {
    const page = await site.open('concepts/vanishing-gradients');
    const part = await picture(page);
    const expectNote = async (scale: number) => {
      const { rnn, lstm } = await gradientDistances({ scale, forgetBias: 2, seed: 1 });
      const at = rnn.length - 1;
      await expect.poll(() => noteOf(part)).toBe(en.distance.note(at, rnn[at], lstm[at]));
    };
    await expectNote(1);
    await part.locator('input[type="range"]').first().fill('2');
    await expectNote(2);
    await page.context().close();
  });

  it('a walk down a cliff', async () => {
    const page = await site.open('concepts/clipping');
    const part = await picture(page);
    const options = { w: 1.75, b: -0.75, lr: 0.2, count: 60 };
    const [free, clipped] = await Promise.all([descend(options), descend({ ...options, maxGrad: 0.5 })]);
    const steepest = Math.max(...free.map(({ norm }) => norm));
    expect(await noteOf(part)).toBe(en.cliff.note(steepest, free[60].loss, clipped[60].loss));
    await page.context().close();
  });

  it('what a guess costs', async () => {
    const page = await site.open('concepts/perplexity');
    const part = await picture(page);
    await part.locator('.bars input[type="range"]').nth(1).fill('2');
    const { probabilities } = await guess([0, 2, 0, 0, 0, 0], 1);
    const expected = probabilities.map((p) => `${(100 * p).toFixed(1)} %`);
    await expect.poll(() => part.locator('.bars output').allTextContents()).toEqual(expected);
    await page.context().close();
  });

  it('draws from scores', async () => {
    const page = await site.open('concepts/sampling');
    const part = await picture(page);
    const shown = async () => (await part.locator('.bars output').allTextContents()).map(Number);
    const scores = [3.2, 2.6, 2.1, 1.4, 1.2, 0.3, -0.4, -1.1];
    await expect.poll(shown).toEqual(draws(scores, { temperature: 1, topK: 8, topP: 1 }, 1000, 1));
    await part.locator('input[type="range"]').nth(1).fill('2');
    const counts = draws(scores, { temperature: 1, topK: 2, topP: 1 }, 1000, 1);
    await expect.poll(shown).toEqual(counts);
    expect(await noteOf(part)).toBe(en.sampling.note(1000, 6));
    await page.context().close();
  });

  it('weights that are tied', async () => {
    const page = await site.open('concepts/tied-weights');
    const part = await picture(page);
    const expected = async (changed: Record<number, number>) =>
      Object.values(await tiedWeights(1, 3, changed)).map(({ values }) => plain(values));
    const shown = async () => {
      const grids = await part.locator('.number-grid').all();
      return Promise.all(grids.map((grid) => valuesIn(grid)));
    };
    // The page shows what each use adds in the order of reading.
    const sorted = (all: readonly number[][]) => all.map((values) => values.join()).sort();
    await expect.poll(async () => sorted(await shown())).toEqual(sorted(await expected({})));
    const input = part.locator('input').first();
    await input.fill('9');
    await input.press('Tab');
    await expect.poll(async () => sorted(await shown())).toEqual(sorted(await expected({ 0: 9 })));
    await page.context().close();
  });

  it('masks of dropout', async () => {
    const page = await site.open('concepts/dropout', { colorScheme: 'light' });
    const part = await picture(page);
    const expected = await masks(0.4, 0);
    for (const [i, kind] of (['each', 'locked', 'words', 'weights'] as const).entries()) {
      const drawn = await part
        .locator('canvas')
        .nth(i)
        .evaluate((element) => {
          const canvas = element as HTMLCanvasElement;
          const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(
            ...([0, 0, canvas.width, canvas.height] as const),
          );
          return Array.from({ length: data.length / 4 }, (_, at) => data.slice(4 * at, 4 * at + 3).join());
        });
      const dropped = drawn[expected[kind].values.indexOf(0)];
      expect(
        drawn.map((colour) => colour === dropped),
        kind,
      ).toEqual(expected[kind].values.map((value) => value === 0));
    }
    await page.context().close();
  });

  it('a line that is crossed out, and what that breaks', async () => {
    const page = await site.open('concepts/gradient-checking');
    const part = await picture(page);
    expect(await noteOf(part)).toBe(en.broken.whole);
    const whole = await checkBroken(new Set());
    const cells = part.locator('.broken-result td:nth-child(2)');
    const shown = (errors: Readonly<Record<string, number>>) =>
      Object.values(errors).map((error) => error.toExponential(1));
    await expect.poll(() => cells.allTextContents()).toEqual(shown(whole));
    await part.locator('label input').first().check();
    await expect.poll(() => part.locator('.broken-result tr.wrong').count()).toBeGreaterThan(0);
    const wrong = await part.locator('.broken-result tr.wrong').count();
    expect(await noteOf(part)).toBe(en.broken.found(wrong));
    await page.context().close();
  });

  it('the landing model stops while nobody sees it', async () => {
    const page = await site.open('', { viewport: { width: 1000, height: 420 } });
    const step = async () => Number(await page.getAttribute('.landing-demo', 'data-step'));
    await page.click('.landing-demo button');
    await expect.poll(step, { timeout: 20_000 }).toBeGreaterThan(20);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.waitForTimeout(700);
    const stopped = await step();
    await page.waitForTimeout(700);
    expect(await step()).toBe(stopped);
    await page.evaluate(() => window.scrollTo(0, 0));
    await expect.poll(step, { timeout: 20_000 }).toBeGreaterThan(stopped);
    await page.context().close();
  });

  it('the benchmark in the browser', async () => {
    const page = await site.open('proof/');
    const part = page.locator('.browser-bench');
    await part.locator('button').click();
    await expect.poll(() => part.getAttribute('data-running'), { timeout: 50_000 }).toBe('false');
    expect(await part.locator('[role="alert"]').count()).toBe(0);
    for (const speed of await part.locator('tbody td:nth-child(2)').allTextContents())
      expect(Number.parseFloat(speed)).toBeGreaterThan(0);
    expect(await part.locator('tbody tr').count()).toBeGreaterThanOrEqual(2);
    await page.context().close();
  });

  it.each([
    ['', 'clipping', 'Search', '/concepts/clipping'],
    ['ko/', '기울기', '검색', '/ko/concepts/clipping'],
    ['ko/', '퍼플렉서티', '검색', '/ko/concepts/perplexity'],
  ])('the search of /%s finds %s', async (path, typed, button, found) => {
    const page = await site.open(path);
    await page.locator('.VPNavBarSearch button', { hasText: button }).first().click();
    await page.locator('.VPLocalSearchBox input').fill(typed);
    const links = page.locator('.VPLocalSearchBox a.result');
    await expect
      .poll(() => links.evaluateAll((all) => all.map((a) => new URL((a as HTMLAnchorElement).href).pathname)))
      .toContain(found);
    await page.context().close();
  });

  it('an address of no page, in the language of the reader', async () => {
    for (const [path, title] of [
      ['no/such', 'No such page'],
      ['ko/no/such', '페이지를 찾을 수 없습니다'],
    ]) {
      const page = await site.open('');
      await page.goto(new URL(path, site.server.url).href);
      await expect.poll(() => page.locator('.NotFound .title').textContent()).toBe(title);
      await page.context().close();
    }
  });

  it('what is wrong with a text, in the language of the reader', async () => {
    const page = await site.open('ko/playground');
    await page.fill('#playground-text', '짧은 글');
    await page.click('.playground-run .large');
    await expect
      .poll(() => page.locator('.playground-run [role="alert"]').textContent())
      .toContain('글이 너무 짧습니다');
    await page.context().close();
  });
});
