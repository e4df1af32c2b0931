#!/usr/bin/env node
import { existsSync } from 'node:fs';

const built = new URL('../dist/index.js', import.meta.url);
if (existsSync(built)) {
  const { main } = await import(built.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error(
    'unroll: this checkout is not built yet; run `npm start` or `npm test` once, or `pnpm build`',
  );
  process.exitCode = 1;
}
