import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reasonToSkip, type Visit, visit } from '../site/browse.ts';

const run = promisify(execFile);
const reason = reasonToSkip();
const docs = fileURLToPath(new URL('../..', import.meta.url));
const base = '/some/where/';

describe.skipIf(reason !== undefined)('the site in a folder of its host', () => {
  let folder: string;
  let site: Visit;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'unroll-base-'));
    const vitepress = ['--conditions=@unroll/source', 'node_modules/vitepress/bin/vitepress.js', 'build'];
    const env = { ...process.env, NODE_ENV: 'production', UNROLL_DOCS_BASE: base };
    await run(process.execPath, [...vitepress, '--outDir', folder], { cwd: docs, env });
    site = await visit({ base, folder });
  }, 300_000);
  afterAll(async () => {
    await site?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('has links that stay in it', { timeout: 60_000 }, async () => {
    const page = await site.open('');
    await page.click('.VPNavBar a:has-text("The reading")');
    await page.waitForURL(`**${base}reading/`);
    for (const path of ['', 'reading/lstm', 'ko/concepts/', 'proof/', 'packages/layers', 'api/']) {
      await page.goto(new URL(path, site.server.url).href, { waitUntil: 'load' });
      const links = await page.$$eval('a[href]', (all) => all.map((a) => (a as HTMLAnchorElement).href));
      const here = links.filter((link) => link.startsWith(new URL('/', site.server.url).href));
      expect(here.length).toBeGreaterThan(5);
      for (const link of new Set(here)) {
        expect(link).toContain(base);
        expect((await fetch(link)).status, `${path}: ${link}`).toBe(200);
      }
    }
    await page.context().close();
  });

  it('reads, trains and takes its small model there', { timeout: 120_000 }, async () => {
    const reading = await site.open('reading/lstm');
    await reading.locator('.player button').first().click();
    await reading.waitForSelector('.player-call td');
    await reading.context().close();

    const page = await site.open('playground?hiddenSize=32&batchSize=8&timeSize=16&steps=100000');
    await page.click('text=Try a small model');
    await page.waitForSelector('.playground-part input[type="text"]:enabled');
    await page.context().close();

    const landing = await site.open('ko/');
    await landing.click('.landing-demo button');
    await landing.waitForFunction(
      () => Number(document.querySelector('.landing-demo')?.getAttribute('data-step')) >= 20,
    );
    await landing.context().close();
    expect(site.complaints).toEqual([]);
  });

  it('can be read there without a connection', { timeout: 90_000 }, async () => {
    const page = await site.open('reading/lstm', { serviceWorkers: 'allow' });
    await expect
      .poll(() => page.evaluate(async () => (await caches.keys()).length), { timeout: 30_000 })
      .toBe(3);
    await page.reload({ waitUntil: 'networkidle' });
    site.server.close();
    await page.reload();
    await page.locator('.player button').first().click();
    await page.waitForSelector('.player-call td');
    expect(page.url()).toContain(base);
  });
});
