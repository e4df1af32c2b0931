import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measured } from '@unroll/measured';
import { duration } from '@unroll/trainer/src/format.ts';
import { z } from 'zod';
import type { LayerError } from '../live/gradient-errors.ts';
import type { Parity } from './parity.ts';

/** What of a report of the benchmark is shown. */
const reportSchema = z.object({
  date: z.string(),
  machine: z.object({
    cpu: z.string(),
    cores: z.number(),
    os: z.string(),
    node: z.string(),
    blas: z.string(),
  }),
  rnnlm: z.array(z.object({ name: z.string(), ms: z.number(), peakRss: z.number() })),
});

export interface Proof {
  readonly root: string;
  readonly gradients: readonly LayerError[];
  readonly parities: readonly Parity[];
  readonly measured: readonly Measured[];
  /** Bundles: what somebody would import, and its bytes, minified and gzipped. */
  readonly sizes: readonly { readonly name: string; readonly size: number }[];
}

/** The page of figures, each from the file or the run that it comes from. */
export function proofPage({ root, gradients, parities, measured, sizes }: Proof): string {
  const results = join(root, 'tooling/bench/results');
  const [newest] = readdirSync(results)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .reverse();
  const { date, machine, rnnlm } = reportSchema.parse(
    JSON.parse(readFileSync(join(results, newest), 'utf8')),
  );
  const ofPyTorch = Math.min(...rnnlm.filter(({ name }) => name.startsWith('PyTorch')).map(({ ms }) => ms));
  const { engines } = z
    .object({ engines: z.object({ node: z.string() }) })
    .parse(JSON.parse(readFileSync(join(root, 'packages/tensor/package.json'), 'utf8')));
  const steps = rnnlm.map(
    ({ name, ms, peakRss }) =>
      `| ${name} | ${ms < 100 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en')} | ${(ms / ofPyTorch).toFixed(2)} | ${Math.round(peakRss / 1e6).toLocaleString('en')} |`,
  );
  return `# Proof

Every figure that was measured comes from a file that a command wrote, or was computed when the site was made. None is typed.

## Speed

One training step of the book's Rnnlm (N 20, T 35, D = H = 100, V 10,000: forward, backward, clipping, SGD), on ${machine.cores} cores of an ${machine.cpu}, ${machine.os}, Node ${machine.node},
${machine.blas}, ${date}, by \`pnpm bench\`. All begin with the same weights and agree in their losses.
Threads of PyTorch may sleep between operations or stay awake (\`OMP_WAIT_POLICY=active\`); which is quicker depends on the machine, so both are here.

| | ms | of PyTorch's best | memory, MB |
|---|---:|---:|---:|
${steps.join('\n')}

### In your browser

<BrowserBench />

## Gradients

The greatest error of any gradient of a layer against central differences in float64, relative to the greatest gradient; computed when this page was made. The tests allow
1e-6, and check every layer, loss and model, over random shapes and two blocks.

| layer | error |
|---|---:|
${gradients.map(({ name, error }) => `| ${name} | ${error.toExponential(1)} |`).join('\n')}

## Parity

The same training as elsewhere, from the same weights, on the same text: how far any loss, and any norm of all gradients, was from the one there. Computed when this page was
made; the scripts of the other side are in \`tooling/fixtures\`. The tests do the same with layers, optimizers and masks, and on the Penn Treebank.

| model | here | there, in float64 | steps | losses | norms |
|---|---|---|---:|---:|---:|
${parities.map((row) => `| ${row.model} | ${row.here} | ${row.there} | ${row.steps} | ${row.losses.toExponential(1)} | ${row.norms.toExponential(1)} |`).join('\n')}

## Reliability

What happens to a run that is stopped, to files that are broken, to a program that goes on and on. Each was measured by its command, on the machine and the day that stand below it;
parts of most are in the tests.

${measured.map(describeMeasured).join('\n\n')}

## Results

What models of this repository reach on texts that others measure on, each run with its command, seed, time and checkpoint: [results](./results). How the recipes were found, and
what was tried and dropped: [the search](./search).

## Size

Minified and gzipped, as a bundler makes it from the built packages.

| import | KB |
|---|---:|
${sizes.map(({ name, size }) => `| ${name} | ${(size / 1000).toFixed(1)} |`).join('\n')}

## Where it runs

| | |
|---|---|
| Node | ${engines.node}; from 22 on with fused multiply-add |
| browsers | those with [WebAssembly SIMD](https://webassembly.org/features/): Chrome 91, Firefox 89, Safari 16.4 and newer; several threads where a page is isolated. Chromium is tested |
| this site | module workers and mixed colours, too: Chrome 111, Firefox 115, Safari 16.4 and newer |
| BLAS | OpenBLAS on Linux is tested; others are called the same way |
`;
}

function describeMeasured({
  title,
  about,
  figures,
  command,
  machine,
  date,
  commit,
  seconds,
}: Measured): string {
  const asked = figures.some((figure) => figure.asked !== undefined);
  const rows = figures.map((figure) =>
    asked
      ? `| ${figure.what} | ${figure.value} | ${figure.asked ?? ''} |`
      : `| ${figure.what} | ${figure.value} |`,
  );
  return `### ${title}

${about}

${asked ? '| | | asked |\n|---|---|---|' : '| | |\n|---|---|'}
${rows.join('\n')}

<small>\`${command}\`, ${duration(seconds)}, ${machine.cores} cores of an ${machine.cpu}, Node ${machine.node.slice(1)}, ${date.slice(0, 10)}, commit ${commit.replace(/^([0-9a-f]{7})[0-9a-f]+/, '$1')}</small>`;
}
