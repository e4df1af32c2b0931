import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generated, root } from '../../src/build/root.ts';
import { reasonToSkip, type Visit, visit } from './browse.ts';
import { builtPages } from './pages.ts';
import { expectPlayed } from './players.ts';

const run = promisify(execFile);
const reason = reasonToSkip();
if (reason !== undefined) console.warn(`the site was not looked at: ${reason}`);

const ENGLISH = 'the cat sat on the mat, and the dog sat on the log; then both of them went home. '.repeat(
  90,
);
const KOREAN = '고양이는 매트 위에 앉고 강아지는 통나무 위에 앉았다. 그리고 둘 다 집으로 돌아갔다. '.repeat(
  90,
);

describe.skipIf(reason !== undefined)('the site', () => {
  let site: Visit;
  beforeAll(async () => {
    site = await visit();
  });
  afterAll(() => site?.close());

  /** What the browser complained about while this was done. */
  async function complaintsIn(act: () => Promise<void>): Promise<string[]> {
    const before = site.complaints.length;
    await act();
    return site.complaints.slice(before);
  }

  it('has pages that load without a complaint, and links that lead somewhere', {
    timeout: 170_000,
  }, async () => {
    const paths = builtPages();
    expect(paths.length).toBeGreaterThan(80);
    expect(paths.filter((path) => path.startsWith('ko/')).length).toBeGreaterThan(25);
    const targets = new Map<string, string>();
    // They are text alone. With scripts too they are opened where every page is, for phones.
    const isText = (path: string): boolean => /^(api|decisions)\//.test(path);
    for (const path of paths.filter(isText)) {
      const url = new URL(path, site.server.url);
      const html = await (await fetch(url)).text();
      for (const [, link] of html.matchAll(/<a\b[^>]*\bhref="([^"]+)"/g)) {
        const { href } = new URL(link.replaceAll('&amp;', '&'), url);
        if (href.startsWith(site.server.url)) targets.set(href, path);
      }
    }
    const complaints = await complaintsIn(async () => {
      const left = paths.filter((path) => !isText(path));
      const walk = async (): Promise<void> => {
        const page = await site.open('');
        for (let path = left.pop(); path !== undefined; path = left.pop()) {
          await page.goto(new URL(path, site.server.url).href, { waitUntil: 'load' });
          const links = await page.$$eval('a[href]', (all) => all.map((a) => (a as HTMLAnchorElement).href));
          for (const link of links) if (link.startsWith(site.server.url)) targets.set(link, path);
        }
        await page.context().close();
      };
      await Promise.all([walk(), walk()]);
    });
    expect(complaints).toEqual([]);
    const dead: string[] = [];
    const texts = new Map<string, string>();
    for (const [link, from] of targets) {
      const { pathname, hash } = new URL(link);
      if (!texts.has(pathname)) {
        const response = await fetch(new URL(pathname, site.server.url));
        texts.set(pathname, response.ok ? await response.text() : '');
      }
      const text = texts.get(pathname) ?? '';
      const [id] = decodeURIComponent(hash.slice(1)).split(/-(?=L\d+$)/); // lines from to of a source
      if (text === '' || (id !== '' && !text.includes(`id="${id}"`))) dead.push(`${from}: ${link}`);
    }
    expect(dead.join('\n')).toBe('');
  });

  it('trains on the landing page, and stops when told to', { timeout: 60_000 }, async () => {
    const complaints = await complaintsIn(async () => {
      const page = await site.open('');
      const lossOf = async () => Number(await page.getAttribute('.landing-demo', 'data-loss'));
      await page.click('.landing-demo button');
      await page.waitForFunction(
        () => Number(document.querySelector('.landing-demo')?.getAttribute('data-step')) >= 150,
      );
      expect(await lossOf()).toBeLessThan(2.6);
      await page.click('.landing-demo button');
      await page.waitForTimeout(500);
      const step = await page.getAttribute('.landing-demo', 'data-step');
      await page.waitForTimeout(500);
      expect(await page.getAttribute('.landing-demo', 'data-step')).toBe(step);
      await page.context().close();
    });
    expect(complaints).toEqual([]);
  });

  describe('in its readings', () => {
    it.each([
      ['reading/time-lstm', 'time-lstm', 'forward'],
      ['reading/time-lstm', 'time-lstm', 'backward'],
      ['reading/lstm', 'lstm', 'backward'],
      ['reading/time-embedding', 'time-embedding', 'backward'],
      ['reading/time-affine', 'time-affine', 'forward'],
      ['reading/time-softmax-with-loss', 'time-softmax-with-loss', 'backward'],
      ['ko/reading/rnnlm', 'rnnlm', 'forward'],
    ] as const)(
      '%s shows the numbers of %s, %s, that the package computes',
      { timeout: 60_000 },
      async (path, name, pass) => {
        const page = await site.open(path);
        await expectPlayed(page, name, pass);
        await page.context().close();
      },
    );
  });

  it('opens the source of a reading at its lines, and leaves the page where it is', {
    timeout: 60_000,
  }, async () => {
    const page = await site.open('reading/lstm');
    const [source] = await Promise.all([page.waitForEvent('popup'), page.click('.reading-file a')]);
    await source.waitForSelector('.line.now');
    expect(await source.locator('.line.now').first().textContent()).toContain('forward(x: Tensor');
    expect(page.url()).toContain('reading/lstm');
    await page.context().close();
  });

  it('can be read, and run, when there is no connection any more', { timeout: 90_000 }, async () => {
    const visited = await visit();
    try {
      const page = await visited.open('reading/lstm', { serviceWorkers: 'allow' });
      const kept = (): Promise<number[]> =>
        page.evaluate(async () => {
          const names = (await caches.keys()).sort(); // pages and their files, and live parts
          return Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).length));
        });
      await expect.poll(async () => (await kept()).length, { timeout: 30_000 }).toBe(3);
      let before: number[] = [];
      await expect // all that was asked for has come
        .poll(
          async () => {
            const now = await kept();
            const isSame = now.join() === before.join() && now.every((count) => count > 0);
            before = now;
            return isSame;
          },
          { interval: 700, timeout: 30_000 },
        )
        .toBe(true);
      visited.server.close();
      await page.reload();
      const player = page.locator('.player[data-pass="backward"]');
      await player.locator('button').first().click();
      await player.locator('.player-call td').first().waitFor();
      expect(await player.locator('[role="alert"]').count()).toBe(0);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    } finally {
      await visited.close();
    }
  });

  it('draws the way of the gradient, and marks it as it goes', { timeout: 60_000 }, async () => {
    const page = await site.open('reading/lstm');
    const player = page.locator('.player[data-pass="backward"]');
    await player.locator('button').first().click();
    const now = () =>
      player
        .locator('.wire.now')
        .evaluateAll((wires) => wires.map((wire) => wire.getAttribute('data-wire')).sort());
    await expect.poll(now).toEqual(['cNext']);
    await player.locator('button').nth(1).click();
    await expect.poll(now).toContain('hNext');
    for (let i = 0; i < 4; i++) await player.locator('button').nth(1).click();
    await expect.poll(now).toEqual(['x']);
    await page.context().close();
  });

  it('runs its examples with the output that was printed when it was made', {
    timeout: 120_000,
  }, async () => {
    const outputs = new Set(
      Object.values(JSON.parse(await readFile(join(generated, 'outputs.json'), 'utf8'))),
    );
    for (const path of [
      'start/',
      'guides/own-layer',
      'ko/guides/from-pytorch',
      'packages/text',
      'packages/rnnlm',
    ]) {
      const page = await site.open(path);
      const example = page.locator('.example').first();
      const before = await example.locator('.example-output').textContent();
      expect(outputs).toContain(before);
      await example.locator('button', { hasText: /Run|실행/ }).click();
      await page.waitForFunction(
        () => document.querySelector('.example')?.getAttribute('data-running') === 'false',
      );
      expect(await example.locator('[role="alert"]').count()).toBe(0);
      expect(await example.locator('.example-output').textContent()).toBe(before);
      await page.context().close();
    }
  });

  it('runs what a reader makes of an example, and says what is wrong with it', {
    timeout: 60_000,
  }, async () => {
    const page = await site.open('packages/text');
    const example = page.locator('.example').first();
    await example.locator('button', { hasText: 'Edit' }).click();
    await example.locator('textarea').fill("console.log('mine', 1 + 1);");
    await example.locator('button', { hasText: 'Run' }).click();
    await expect.poll(() => example.locator('.example-output').textContent()).toBe('mine 2');
    await example.locator('textarea').fill("import { x } from 'left-pad';\nconsole.log(x);");
    await example.locator('button', { hasText: 'Run' }).click();
    await expect
      .poll(() => example.locator('[role="alert"]').textContent())
      .toContain('import of left-pad: here there are');
    await page.context().close();
  });

  describe('in its playground', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'unroll-site-'));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    const dataOf = async (page: Page, name: string) =>
      Number(await page.getAttribute('.playground', `data-${name}`));
    const stepIs = (page: Page, least: number) =>
      page.waitForFunction(
        (least) => Number(document.querySelector('.playground')?.getAttribute('data-step')) >= least,
        least,
      );
    const small = '?hiddenSize=32&wordvecSize=16&batchSize=8&timeSize=16&lr=0.02&steps=100000';

    it.each([
      ['English', 'playground', ENGLISH],
      ['Korean', 'ko/playground', KOREAN],
    ])(
      'trains on a text in %s, pauses, goes on, and is there after a reload',
      { timeout: 90_000 },
      async (_, path, text) => {
        const complaints = await complaintsIn(async () => {
          const page = await site.open(`${path}${small}`);
          await page.fill('#playground-text', text);
          await page.click('.playground-run .large');
          await stepIs(page, 60);
          await page.click('.playground-run .large'); // pause
          await page.waitForSelector('.playground[data-training="false"]');
          const [step, loss] = [await dataOf(page, 'step'), await dataOf(page, 'loss')];
          expect(loss).toBeLessThan(2.5);
          await page.reload({ waitUntil: 'networkidle' });
          await page.waitForSelector('.playground[data-ready="true"]');
          expect(await dataOf(page, 'step')).toBe(step);
          expect(await page.inputValue('#playground-text')).toBe(text);
          await page.click('.playground-run .large'); // go on
          await stepIs(page, step + 60);
          await page.click('.playground-run .large');
          await page.waitForSelector('.playground[data-training="false"]');
          expect(await dataOf(page, 'loss')).toBeLessThan(loss);
          await page.context().close();
        });
        expect(complaints).toEqual([]);
      },
    );

    it('goes on training while other pages are read, and says so', { timeout: 60_000 }, async () => {
      const page = await site.open(`playground${small}`);
      await page.fill('#playground-text', ENGLISH);
      await page.click('.playground-run .large');
      await stepIs(page, 10);
      await page.click('.VPNavBar a[href="/concepts/"]');
      await page.waitForURL('**/concepts/');
      await page.click('.training-badge');
      await page.waitForSelector('.playground');
      await stepIs(page, 20);
      await page.context().close();
    });

    it('has what was typed in the other language, too', { timeout: 60_000 }, async () => {
      const page = await site.open('playground?hiddenSize=32');
      await page.waitForSelector('.playground[data-ready="true"]');
      await page.fill('#playground-text', KOREAN);
      await page.fill('input[name="layers"]', '2');
      await page.press('input[name="layers"]', 'Tab');
      await page.hover('.VPNavBarTranslations');
      await page.click('.VPNavBarTranslations a[href="/ko/playground"]');
      await page.waitForURL('**/ko/playground?layers=2&hiddenSize=32');
      expect(await page.inputValue('#playground-text')).toBe(KOREAN);
      expect(await page.inputValue('input[name="layers"]')).toBe('2');
      await page.context().close();
    });

    it('hands its model to the command, which measures the same', { timeout: 90_000 }, async () => {
      const page = await site.open(`playground${small}`);
      await page.fill('#playground-text', ENGLISH);
      await page.click('.playground-run .large');
      await stepIs(page, 100);
      await page.click('.playground-run .large');
      await page.waitForSelector('.playground[data-training="false"]');
      await page.click('text="Measure"');
      const here = Number(
        await (await page.waitForSelector('.playground-measured')).getAttribute('data-loss'),
      );
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Download')]);
      const zip = join(folder, 'model.zip');
      await download.saveAs(zip);
      const files = unzipSync(new Uint8Array(await readFile(zip)));
      const model = join(folder, 'my-model');
      await mkdir(model);
      for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
      const held = Math.round(ENGLISH.length * 0.1);
      await writeFile(join(folder, 'valid.txt'), ENGLISH.slice(-held));
      const { loss } = await unroll(
        'evaluate',
        model,
        '--data',
        join(folder, 'valid.txt'),
        '--exact',
        '--json',
        '--backend',
        'wasm',
      );
      expect(Math.abs(loss - here)).toBeLessThan(1e-5);
      await page.context().close();
    });

    it('takes a model that the command has trained, and writes with it', { timeout: 120_000 }, async () => {
      const [text, out] = [join(folder, 'text.txt'), join(folder, 'trained')];
      await writeFile(text, ENGLISH);
      await unroll(
        ...[
          'train',
          '--data',
          text,
          '--recipe',
          'char',
          '--hidden-size',
          '32',
          '--max-steps',
          '60',
          '--out',
          out,
        ],
        ...['--backend', 'wasm', '--quiet'],
      );
      const held = join(folder, 'held.txt');
      await writeFile(held, ENGLISH.slice(-Math.round(ENGLISH.length * 0.1)));
      const { loss } = await unroll(
        'evaluate',
        out,
        '--data',
        held,
        '--exact',
        '--json',
        '--backend',
        'wasm',
      );
      const page = await site.open('playground');
      await page.fill('#playground-text', ENGLISH);
      const names = ['config.json', 'vocab.json', 'model.safetensors'].map((name) => join(out, name));
      await page.setInputFiles('.playground-folder input', names);
      await page.click('text="Measure"');
      const here = Number(
        await (await page.waitForSelector('.playground-measured')).getAttribute('data-loss'),
      );
      expect(Math.abs(loss - here)).toBeLessThan(1e-5);
      await page.fill('.playground-part input[type="text"]', 'the cat');
      await page.click('text="Write"');
      await expect
        .poll(async () => (await page.textContent('.playground-written'))?.length)
        .toBeGreaterThan(250);
      await page.context().close();
    });

    it('says what is wrong with a file that is no model, and keeps what it had', {
      timeout: 60_000,
    }, async () => {
      const page = await site.open(`playground${small}`);
      await page.fill('#playground-text', ENGLISH);
      await page.click('text="One step"');
      await stepIs(page, 1);
      const complaint = () => page.textContent('.playground-folder [role="alert"]');
      const broken = join(folder, 'model.safetensors');
      await writeFile(broken, 'not weights');
      await page.setInputFiles('.playground-folder input', broken);
      await expect.poll(complaint).toContain('expected a file config.json of a model folder');
      const cut = join(folder, 'cut.zip');
      await writeFile(cut, 'PK and nothing more');
      await page.setInputFiles('.playground-folder input', cut);
      await expect.poll(complaint).toContain('cut.zip: expected a zip');
      await page.click('text="One step"');
      await stepIs(page, 2);
      await page.context().close();
    });

    it('has a small model to begin with, which writes and can be trained on', {
      timeout: 60_000,
    }, async () => {
      for (const [path, begin, write] of [
        ['playground', 'Try a small model', '"Write"'],
        ['ko/playground', '작은 모델', '"쓰기"'],
      ]) {
        const page = await site.open(path);
        await page.click(`text=${begin}`);
        await page.waitForSelector('.playground-figures');
        await page.click(`text=${write}`);
        await expect
          .poll(async () => (await page.textContent('.playground-written'))?.length)
          .toBeGreaterThan(250);
        expect(await page.locator('.playground-run .large').isEnabled()).toBe(true);
        await page.context().close();
      }
    });

    it('trains the small model on the text that is there, and on when all steps are made', {
      timeout: 60_000,
    }, async () => {
      const page = await site.open('playground');
      await page.fill('#playground-text', ENGLISH);
      await page.click('text=Try a small model');
      await page.waitForSelector('.playground-figures');
      expect(await page.inputValue('#playground-text')).toBe(ENGLISH);
      await page.fill('input[name="steps"]', '20');
      await page.keyboard.press('Tab');
      await page.click('.playground-run .large');
      await page.click('.playground-run .large:has-text("2,000 steps more")');
      await stepIs(page, 30);
      await page.click('.playground-run .large');
      await page.waitForSelector('.playground[data-training="false"]');
      await page.context().close();
    });

    it('takes a text for a model that came without one', { timeout: 60_000 }, async () => {
      const page = await site.open(`playground${small}`);
      const names = ['config.json', 'vocab.json', 'model.safetensors'].map((name) =>
        join(folder, 'trained', name),
      );
      await page.setInputFiles('.playground-folder input', names);
      await page.waitForSelector('.playground-figures');
      await page.fill('#playground-text', '한글만 있는 글. '.repeat(200));
      await page.click('.playground-run .large');
      await page.waitForSelector('.playground-run [role="alert"]');
      await page.fill('#playground-text', ENGLISH);
      expect(await page.locator('.playground-run [role="alert"]').count()).toBe(0);
      await page.click('.playground-run .large');
      await stepIs(page, 10);
      await page.context().close();
    });

    it('leaves a kept model alone when the address asks for another, until its reader wants that', {
      timeout: 60_000,
    }, async () => {
      const page = await site.open(`playground${small}`);
      await page.fill('#playground-text', ENGLISH);
      await page.click('.playground-run .large');
      await stepIs(page, 20);
      await page.click('.playground-run .large');
      await page.waitForSelector('.playground[data-training="false"]');
      const step = await dataOf(page, 'step');
      const other = new URL('playground?hiddenSize=48', site.server.url).href;
      await page.goto(other);
      await page.waitForSelector('.playground-asked');
      expect(await dataOf(page, 'step')).toBe(step);
      await page.click('.playground-asked button');
      expect(await page.locator('.playground-figures').count()).toBe(0);
      expect(await page.inputValue('#playground-text')).toBe(ENGLISH);
      expect(page.url()).toBe(other);
      await page.context().close();
    });

    it('keeps the model of one tab, whatever another one does', { timeout: 60_000 }, async () => {
      const first = await site.open(`playground${small}`);
      await first.fill('#playground-text', ENGLISH);
      await first.click('.playground-run .large');
      await stepIs(first, 20);
      const second = await first.context().newPage();
      second.on('dialog', (dialog) => dialog.accept());
      await second.goto(new URL('playground', site.server.url).href);
      await second.waitForSelector('.playground-figures');
      await second.click('.playground-run .large');
      await second.waitForSelector('text=Another tab');
      await second.click('text="Reset"');
      await second.waitForSelector('#playground-text:enabled');
      await second.waitForTimeout(2000); // as long as it would wait for the other tab to let go
      await second.close();
      await first.click('.playground-run .large');
      await first.waitForSelector('.playground[data-training="false"]');
      await first.reload({ waitUntil: 'networkidle' });
      await first.waitForSelector('.playground-figures');
      expect(await first.inputValue('#playground-text')).toBe(ENGLISH);
      expect(await dataOf(first, 'step')).toBeGreaterThanOrEqual(20);
      await first.context().close();
    });

    it('begins anew after Reset, whatever it was doing', { timeout: 60_000 }, async () => {
      const page = await site.open(`playground${small}`);
      for (let round = 0; round < 2; round++) {
        await page.fill('#playground-text', ENGLISH);
        await page.click('.playground-run .large');
        await stepIs(page, 20);
        await page.click('text="Write"');
        await page.click('text="Reset"');
        await page.waitForSelector('#playground-text:enabled');
        expect(await dataOf(page, 'step')).toBe(0);
      }
      await page.reload({ waitUntil: 'networkidle' });
      await page.waitForSelector('.playground[data-ready="true"]');
      expect(await page.locator('.playground-figures').count()).toBe(0);
      await page.context().close();
    });

    /** What the command prints, as JSON if it does. */
    async function unroll(...args: string[]): Promise<{ loss: number }> {
      const cli = join(root, 'apps/trainer/test/cli.ts');
      const node = ['--conditions=@unroll/source', '--disable-warning=ExperimentalWarning', cli, ...args];
      const { stdout } = await run(process.execPath, node);
      return stdout.trim().startsWith('{') ? JSON.parse(stdout) : { loss: Number.NaN };
    }
  });

  it('works without the headers that isolate a page, on one thread', { timeout: 60_000 }, async () => {
    const plain = await visit({ isolated: false });
    try {
      const page = await plain.open('');
      await page.click('.landing-demo button');
      await page.waitForFunction(
        () => Number(document.querySelector('.landing-demo')?.getAttribute('data-step')) >= 20,
      );
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
      expect(plain.complaints).toEqual([]);
    } finally {
      await plain.close();
    }
  });
});
