/**
 * Makes the pictures of the documentation, by doing what they show: `pnpm pictures`.
 *
 * - docs/start.svg: the terminal at the end of `npm start`, 100 columns wide
 * - docs/terminal-80.svg: the same in 80 columns, in the middle of the run
 * - docs/report-…png: the top of its report, on a desk and on a phone, in the light and in the dark
 *
 * With `--review <folder>`, the whole report goes there as well, and the terminal in 120 columns: to be looked at.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { photograph } from './photograph.ts';
import { recordTerminal, type Size } from './record-terminal.ts';
import { screenSvg } from './screen-svg.ts';

const { values } = parseArgs({ options: { review: { type: 'string' } } });
const root = fileURLToPath(new URL('../../..', import.meta.url));
const docs = join(root, 'docs');
mkdirSync(join(root, 'runs'), { recursive: true });
const work = mkdtempSync(join(root, 'runs', 'pictures-'));

/** Runs `npm start` and draws the screen at its end, or when so large a part of it was written. */
async function drawStart(path: string, size: Size, part: number): Promise<void> {
  const run = relative(root, join(work, `${size.columns}`, 'first'));
  const written = await recordTerminal(`node tooling/start.mjs --out ${run}`, size, root);
  const shown = `$ npm start\r\n${written.replaceAll(run, 'runs/first')}`;
  // Cut between two drawings, each of which begins by going to the left edge.
  const end = part === 1 ? shown.length : shown.indexOf('\r\u001b[', Math.floor(shown.length * part));
  writeFileSync(path, await screenSvg(shown.slice(0, end), size, 'What npm start shows in a terminal'));
  console.log(relative(root, path));
}

try {
  await drawStart(join(docs, 'start.svg'), { columns: 100, rows: 44 }, 1);
  await drawStart(join(docs, 'terminal-80.svg'), { columns: 80, rows: 24 }, 0.5);
  const report = pathToFileURL(join(work, '100', 'first', 'report.html')).href;
  for (const path of await photograph(report, docs, 'report', false)) console.log(relative(root, path));
  if (values.review !== undefined) {
    if (!existsSync(values.review)) mkdirSync(values.review, { recursive: true });
    await drawStart(join(values.review, 'terminal-120.svg'), { columns: 120, rows: 40 }, 0.7);
    for (const path of await photograph(report, values.review, 'report-whole', true)) console.log(path);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
