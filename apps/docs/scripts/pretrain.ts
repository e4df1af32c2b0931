/**
 * Trains the small models that the playground begins with, on the site's own text, one for each language, and writes them to
 * content/public/models. They are kept in the repository: run this when the text has changed a lot. `pnpm --filter @unroll/docs run pretrain`
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WasmBackend } from '@unroll/tensor-wasm';
import { content } from '../src/build/root.ts';
import { siteText } from '../src/build/site-text.ts';
import { Lab } from '../src/lab/lab.ts';
import { pretrained } from '../src/lab/settings.ts';

for (const lang of ['en', 'ko'] as const) {
  const backend = await WasmBackend.create();
  const text = siteText(content, lang);
  const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));
  // With a token for what is rare, it can be trained on any text: also on that of this site when it has changed.
  const lab = Lab.create(pretrained, text, backend, breathe, 2);
  const losses: number[] = [];
  let best = Number.POSITIVE_INFINITY;
  const folder = join(content, 'public/models', lang);
  await mkdir(folder, { recursive: true });
  await lab.run(
    (event) => {
      if (event.type === 'step') losses.push(event.loss);
      if (event.type === 'evaluation') best = Math.min(best, event.loss);
    },
    async () => {},
  );
  let bytes = 0;
  for (const [name, content] of await lab.folder()) {
    await writeFile(join(folder, name), content);
    bytes += content.length;
  }
  console.log(
    `${lang}: ${text.length} characters, ${lab.facts.parameters} parameters, ${(bytes / 1000).toFixed(0)} KB; ` +
      `loss ${losses.at(-1)?.toFixed(3)}, on what was held back ${best.toFixed(3)} at best`,
  );
  lab.dispose();
  backend.dispose();
}
