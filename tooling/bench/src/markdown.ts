import type { Report } from './bench.ts';
import type { Result } from './race.ts';
import { AFFORDABLE, bounded } from './variants.ts';

type Row = readonly string[];

function tableOf(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const ms = (value: number): string => (value < 100 ? value.toFixed(1) : whole(value));
const times = (value: number | undefined): string => (value === undefined ? '' : `${value.toFixed(2)} x`);
const mb = (bytes: number | undefined): string => (bytes ? `${whole(bytes / 1e6)} MB` : '');

/** The fastest result whose name begins so. */
export function best(results: readonly Result[], name: string): Result | undefined {
  return results
    .filter((result) => result.ms !== undefined && result.name.startsWith(name))
    .sort((a, b) => (a.ms ?? 0) - (b.ms ?? 0))[0];
}

function raceTable(results: readonly Result[]): string {
  const torch = best(results, 'PyTorch');
  const numpy = best(results, 'NumPy');
  const to = (result: Result, peer: Result | undefined) =>
    result.ms !== undefined && peer?.ms ? times(result.ms / peer.ms) : '';
  return tableOf(
    ['', 'ms a step', 'spread', 'to PyTorch', 'to NumPy', 'to its floor', 'peak memory', 'set-up, ms'],
    results.map((result) =>
      result.ms === undefined || result.lowest === undefined || result.highest === undefined
        ? [result.name, `cannot: ${result.error ?? ''}`, '', '', '', '', '', '']
        : [
            result.version ? `${result.name} (${result.version})` : result.name,
            ms(result.ms),
            `${ms(result.lowest)} to ${ms(result.highest)}`,
            to(result, torch),
            to(result, numpy),
            times(result.ratioToFloor),
            mb(result.peakRss),
            ms(result.setupMs ?? 0),
          ],
    ),
  );
}

function phaseTable(results: readonly Result[]): string {
  const shown = results.filter(
    ({ phases = {}, name }) => Object.keys(phases).length > 0 && !name.includes('baseline'),
  );
  const names = Object.keys(shown[0]?.phases ?? {});
  return tableOf(
    ['ms', ...shown.map(({ name }) => name.replace('unroll ', ''))],
    names.map((phase) => [phase, ...shown.map(({ phases }) => (phases?.[phase] ?? 0).toFixed(2))]),
  );
}

/** A table for each backend, then those of optimizers and of recipes. */
function describeRecipes(recipes: NonNullable<Report['recipes']>): string[] {
  const backends = recipes.map(({ name, costs }) => ({ name: name.replace('unroll ', ''), ...costs }));
  const [first] = backends;
  const tooMuch = backends.flatMap(({ name, variants }) =>
    variants
      .filter((variant) => bounded.includes(variant.name) && variant.productForProduct > AFFORDABLE)
      .map((variant) => `${variant.name} (${name}: ${times(variant.productForProduct)})`),
  );
  return [
    '## What parts of a model cost: two LSTMs of 400, tied, D 400, V 10,000, N 20, T 35',
    `A step of the plain model and of the same with one part more or another one, in turn in one process. *To plain* is the median of the rounds' ratios; *product for product*, the same as if the plain model had as many matrix products to do. By that, each of *${bounded.join(', ')}* may cost ${times(AFFORDABLE)} the plain model; ${tooMuch.length > 0 ? `more cost ${tooMuch.join(', ')}` : 'none costs more on any backend'}.`,
    ...backends.flatMap(({ name, variants }) => [
      tableOf(
        [name, 'ms a step', 'to plain', 'product for product', 'to its floor'],
        variants.map(({ name, ms: time, toPlain, productForProduct, toFloor }) => [
          name,
          ms(time),
          times(toPlain),
          times(productForProduct),
          times(toFloor),
        ]),
      ),
    ]),
    'An update of all weights of the plain model, and of their average:',
    tableOf(
      ['ms', ...backends.map(({ name }) => name)],
      first.updates.map(({ name }, i) => [name, ...backends.map(({ updates }) => updates[i].ms.toFixed(2))]),
    ),
    "## A step of each of the trainer's recipes",
    'With its optimizer and its average; words with V 10,000, characters with V 65.',
    tableOf(
      ['', ...backends.flatMap(({ name }) => [`${name}, ms`, 'to its floor'])],
      first.recipes.map(({ name }, i) => [
        name,
        ...backends.flatMap(({ recipes }) => [ms(recipes[i].ms), times(recipes[i].toFloor)]),
      ]),
    ),
  ];
}

const sizeNames = { T: 'T', N: 'batch', H: 'D = H', V: 'V' };

/** The whole report, for people. */
export function describeReport(report: Report): string {
  const { machine, rnnlm, betterRnnlm, recipes, products, generation, growth, coldStart } = report;
  const parts = [
    `# Benchmark of ${report.date}`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.os}, Node ${machine.node}${machine.blas ? `, ${machine.blas}` : ''}. Medians, by \`pnpm bench\`; each contender is a process of its own, they run in turn. ${report.partsApart ? 'Parts of this report were measured in runs of their own that day. ' : ''}*Set-up* is making the backend and the model with its weights. *To its floor*: the step's time, divided by what its matrix products alone would take at the speed of a product of 700 x 700 x 700 (256 for the reference) in the same process. The losses of the first five steps agree with ours within 1e-3, from the same weights. PyTorch is Debian's, with OpenBLAS.`,
  ];
  if (rnnlm) {
    parts.push(
      '## A training step of Rnnlm: N 20, T 35, D = H = 100, V 10,000',
      raceTable(rnnlm),
      'Where our time goes:',
      phaseTable(rnnlm),
    );
  }
  if (betterRnnlm) {
    parts.push(
      '## A training step of BetterRnnlm: two LSTMs of 650, tied, without dropout',
      raceTable(betterRnnlm),
      'Where our time goes:',
      phaseTable(betterRnnlm),
    );
  }
  if (recipes) parts.push(...describeRecipes(recipes));
  if (products) {
    const [first] = products;
    parts.push(
      '## Matrix products, GFLOP/s',
      tableOf(
        ['', ...products.map(({ name }) => name.replace('unroll ', ''))],
        Object.keys(first.gflops).map((product) => [
          product,
          ...products.map(({ gflops }) => gflops[product].toFixed(1)),
        ]),
      ),
    );
  }
  if (generation) {
    parts.push(
      '## Writing, one stream, Rnnlm of 100 with V 10,000',
      tableOf(
        ['', 'tokens/s'],
        generation.map(({ name, tokensPerSecond }) => [name, whole(tokensPerSecond)]),
      ),
    );
  }
  if (growth) {
    parts.push(
      '## How a step grows, Rnnlm (else N 20, T 35, D = H = 100, V 10,000)',
      tableOf(
        ['', ...growth.flatMap(({ name }) => [`${name.replace('unroll ', '')}, ms`, 'to its floor'])],
        growth[0].steps.map(({ size, value }, i) => [
          `${sizeNames[size]} ${value.toLocaleString('en')}`,
          ...growth.flatMap(({ steps }) => [ms(steps[i].ms), times(steps[i].ratio)]),
        ]),
      ),
    );
  }
  if (coldStart) {
    parts.push(
      '## From the start of a process to the end of its first step',
      `${whole(coldStart.total)} ms (wasm, Rnnlm 100, V 10,000, the median of ${coldStart.runs}), measured from outside: Node itself ${whole(coldStart.node)}, loading our packages ${whole(coldStart.loading)}, the backend ${whole(coldStart.backend)}, the model and its weights ${whole(coldStart.model)}, the step ${whole(coldStart.step)}.`,
    );
  }
  return `${parts.join('\n\n')}\n`;
}

/** The part that the README shows. */
export function describeForReadme({ machine, date, rnnlm, betterRnnlm }: Report): string {
  const rows = (rnnlm ?? []).map((result) => {
    const other = betterRnnlm?.find(({ name }) => name === result.name);
    const time = (found: Result | undefined) =>
      found?.ms !== undefined ? ms(found.ms) : found?.error ? 'cannot' : '';
    return [
      result.version ? `${result.name} (${result.version})` : result.name,
      time(result),
      mb(result.peakRss),
      time(other),
      mb(other?.peakRss),
    ];
  });
  return [
    tableOf(['ms for one training step', 'Rnnlm, 100', 'memory', 'BetterRnnlm, 2 x 650', 'memory'], rows),
    `${machine.cpu}, ${machine.cores} cores, ${machine.os}, Node ${machine.node}, ${date}: medians by \`pnpm bench\`. N 20, T 35, V 10,000; from the same weights, with losses that agree within 1e-3.`,
  ].join('\n\n');
}
