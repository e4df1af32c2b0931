#!/usr/bin/env node
/**
 * Compiles assembly/ to WebAssembly: with fused multiply-add ("relaxed" SIMD) and without, over shared memory and not. The
 * bytes go into modules, as text, since that works in every bundler, worker and runtime without handling of assets.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
mkdirSync('src/generated', { recursive: true });

for (const simd of ['relaxed', 'baseline']) {
  for (const memory of ['shared', 'unshared']) {
    let bytes;
    const options = [
      ...[
        'assembly/index.ts',
        '--outFile',
        'module.wasm',
        '-O3',
        '--noAssert',
        '--runtime',
        'stub',
        '--importMemory',
      ],
      ...['--initialMemory', '1', '--maximumMemory', '65536', '--enable', 'simd'],
      ...(simd === 'relaxed' ? ['--enable', 'relaxed-simd'] : []),
      ...['--enable', 'threads', ...(memory === 'shared' ? ['--sharedMemory'] : [])],
    ];
    const { error, stderr } = await asc.main(options, {
      writeFile: (name, contents) => {
        if (name === 'module.wasm') bytes = contents;
      },
    });
    if (error) {
      console.error(stderr.toString());
      process.exit(1);
    }
    const text = Buffer.from(bytes).toString('base64');
    writeFileSync(
      `src/generated/${simd}-${memory}.ts`,
      `/** ${bytes.length} bytes of WebAssembly, made by scripts/generate.mjs from assembly/. */\nexport const wasm: string =\n  '${text}';\n`,
    );
  }
}
