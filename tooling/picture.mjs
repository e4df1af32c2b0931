#!/usr/bin/env node
/**
 * Makes docs/start.svg: runs what `npm start` runs, to its end, and draws what it printed. `pnpm picture`, after a build.
 *
 * Nothing is changed in a line; of the lines of single steps, only the one before each evaluation is kept, as on a terminal.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const columns = 112;

const child = spawn(process.execPath, ['tooling/start.mjs'], {
  cwd: root,
  env: { ...process.env, NO_COLOR: '1' },
});
let printed = '';
child.stderr.on('data', (chunk) => {
  printed += chunk;
  process.stderr.write(chunk);
});
const code = await new Promise((resolve) => child.on('close', resolve));
if (code !== 0) process.exit(code ?? 1);

const isStep = (line) => /^epoch \d+ {2}step/.test(line);
const lines = ['$ npm start', ...printed.trimEnd().split('\n')]
  .filter((line, i, all) => !isStep(line) || !isStep(all[i + 1] ?? ''))
  .flatMap((line) => (line === '' ? [''] : (line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [])));

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const kindOf = (line) => {
  if (line.startsWith('$')) return 'command';
  if (/^step \d+ {2}validation|^test |^unroll train$/.test(line)) return 'result';
  return line.startsWith('  |') ? 'sample' : 'plain';
};
const [lineHeight, charWidth, pad] = [18, 7.83, 16];
const width = Math.ceil(columns * charWidth + 2 * pad);
const height = lines.length * lineHeight + 2 * pad;
const rows = lines.map(
  (line, i) =>
    `<text class="${kindOf(line)}" x="${pad}" y="${pad + 13 + i * lineHeight}">${escaped(line)}</text>`,
);
writeFileSync(
  new URL('../docs/start.svg', import.meta.url),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="What npm start prints">
<style>
  rect { fill: #f6f8fa; }
  text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328; white-space: pre; }
  .command, .result { font-weight: bold; }
  .sample { fill: #57606a; }
  @media (prefers-color-scheme: dark) {
    rect { fill: #161b22; }
    text { fill: #e6edf3; }
    .sample { fill: #9198a1; }
  }
</style>
<rect width="100%" height="100%" rx="8"/>
${rows.join('\n')}
</svg>
`,
);
console.error('\nwrote docs/start.svg');
