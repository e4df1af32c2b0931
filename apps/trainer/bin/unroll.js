#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { basename, relative } from 'node:path';

const built = new URL('../dist/index.js', import.meta.url);
if (existsSync(built)) {
  const { main } = await import(built.href);
  // In a checkout there is no `unroll` on the path; what is printed to be typed next should work.
  const [, script, ...args] = process.argv;
  const command = basename(script) === 'unroll.js' ? `node ${relative('.', script)}` : 'unroll';
  process.exitCode = await main(args, command);
} else {
  console.error(
    'unroll: this checkout is not built yet; run `npm start` or `npm test` once, or `pnpm build`',
  );
  process.exitCode = 1;
}
