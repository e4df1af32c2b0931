/** The page of figures. Bundles are made of the built packages: build them first. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { checkSizes } from '@unroll/checks/size';
import { readMeasured } from '@unroll/measured';
import { parities } from '../src/build/parity.ts';
import { proofPage } from '../src/build/proof-page.ts';
import { content, root } from '../src/build/root.ts';
import { gradientErrors } from '../src/live/gradient-errors.ts';

const budgets = createRequire(import.meta.url).resolve('@unroll/checks/budgets.json');
const { sizes } = await checkSizes(budgets, dirname(budgets));
const page = proofPage({
  ...{ root, sizes, measured: readMeasured() },
  gradients: await gradientErrors(),
  parities: await parities(),
});
await mkdir(join(content, 'generated/proof'), { recursive: true });
await writeFile(join(content, 'generated/proof/index.md'), page);
