/**
 * Measures everything that we say about speed, on one machine in one go.
 *
 *     pnpm bench                        everything: three quarters of an hour
 *     pnpm bench --only rnnlm,cold      some parts, into the report of the day
 *     pnpm bench --without-slow-peers   leaves out those that need seconds or minutes for a step
 *     pnpm bench --readme               also puts the table into the README
 *     pnpm bench --only recipes --quick shows what small models cost, in no time, and writes nothing: does it work?
 *
 * The parts: rnnlm, better, recipes, products, generation, growth, cold.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, platform, release } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { findBlas } from '@unroll/tensor-blas';
import { type Contender, ourContenders, peers, peersFolder } from './contenders.ts';
import { describeForReadme, describeReport } from './markdown.ts';
import { median } from './ours.ts';
import { runForJson } from './processes.ts';
import { programOf, recipesProgram } from './programs.ts';
import { type Result, race } from './race.ts';
import type { RecipeCosts } from './recipe-costs.ts';
import { betterRnnlm, rnnlm } from './workload.ts';

export interface Report {
  readonly date: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly os: string;
    readonly node: string;
    readonly blas?: string;
  };
  /** Was a part measured again, in a run of its own? */
  partsApart?: boolean;
  rnnlm?: Result[];
  betterRnnlm?: Result[];
  recipes?: { name: string; costs: RecipeCosts }[];
  products?: { name: string; gflops: Record<string, number> }[];
  generation?: { name: string; tokensPerSecond: number }[];
  growth?: {
    name: string;
    steps: { size: 'T' | 'N' | 'H' | 'V'; value: number; ms: number; ratio: number }[];
  }[];
  coldStart?: {
    runs: number;
    total: number;
    node: number;
    loading: number;
    backend: number;
    model: number;
    step: number;
  };
}

const root = join(import.meta.dirname, '..', '..', '..');
const { values: args } = parseArgs({
  options: {
    only: { type: 'string' },
    'without-slow-peers': { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    readme: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});
const everything = ['rnnlm', 'better', 'recipes', 'products', 'generation', 'growth', 'cold'];
const parts = new Set(args.only?.split(',') ?? everything);
for (const part of parts) {
  if (!everything.includes(part)) {
    throw new Error(`--only: expected some of ${everything.join(', ')}, got ${part}`);
  }
}
if (args.readme && !(parts.has('rnnlm') && parts.has('better'))) {
  throw new Error('--readme: expected the parts rnnlm and better, which the README shows');
}
if (args.quick && args.only !== 'recipes') {
  throw new Error('--quick: expected --only recipes, the one part that has small sizes');
}
const rounds = Number(args.rounds);
const say = (line: string): void => console.error(line);

if (!args['without-slow-peers'] && parts.has('rnnlm') && !existsSync(join(peersFolder, 'node_modules'))) {
  say('installing the peers, in a folder of their own');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: peersFolder,
    stdio: 'inherit',
  });
  if (status !== 0) {
    throw new Error('the peers could not be installed; try again, or add --without-slow-peers');
  }
}

const ours = ourContenders();
const others = peers().filter(({ slow }) => !(slow && args['without-slow-peers']));
const report: Report = { date: new Date().toISOString().slice(0, 10), machine: describeMachine() };
const contender = (file: string, { options }: Contender) =>
  runForJson([process.execPath, programOf(file), JSON.stringify(options)]);
/** Those that people use. */
const usual = ours.filter(({ name, slow }) => !slow && !name.includes('baseline'));

if (parts.has('rnnlm')) {
  report.rnnlm = await race(rnnlm, [...ours, ...others], { rounds, steps: 5, timed: 15, say });
}
if (parts.has('better')) {
  const able = [...ours, ...others].filter(({ smallOnly }) => !smallOnly);
  report.betterRnnlm = await race(betterRnnlm, able, {
    rounds: Math.ceil(rounds / 2),
    steps: 5,
    timed: 6,
    say,
  });
}
if (parts.has('recipes')) {
  report.recipes = [];
  for (const one of usual) {
    say(`recipes: ${one.name}`);
    const options = { ...one.options, rounds: args.quick ? 3 : 3 * rounds, quick: args.quick };
    const costs = await runForJson([process.execPath, ...recipesProgram, JSON.stringify(options)]);
    report.recipes.push({ name: one.name, costs: costs as RecipeCosts });
  }
}
if (args.quick) {
  say('each size is an eighth of what follows, and nothing is written');
  console.log(describeReport(report));
  process.exit();
}
if (parts.has('products')) {
  report.products = [];
  for (const one of ours) {
    say(`products: ${one.name}`);
    const gflops = (await contender('products-contender', one)) as Record<string, number>;
    report.products.push({ name: one.name, gflops });
  }
}
if (parts.has('generation')) {
  report.generation = [];
  for (const one of ours) {
    say(`generation: ${one.name}`);
    const tokensPerSecond = (await contender('generate-contender', one)) as number;
    report.generation.push({ name: one.name, tokensPerSecond });
  }
}
if (parts.has('growth')) {
  report.growth = [];
  for (const one of usual) {
    say(`growth: ${one.name}`);
    const steps = await contender('growth-contender', one);
    report.growth.push({ name: one.name, steps } as NonNullable<Report['growth']>[number]);
  }
}
if (parts.has('cold')) report.coldStart = await measureColdStart(15);

const folder = join(import.meta.dirname, '..', 'results');
mkdirSync(folder, { recursive: true });
const file = join(folder, `${report.date}.json`);
// A part that is measured again takes its place in the report of the day.
if ((args.only || args['without-slow-peers']) && existsSync(file)) {
  const whole = JSON.parse(readFileSync(file, 'utf8')) as Report;
  report.rnnlm = withOthers(report.rnnlm, whole.rnnlm);
  report.betterRnnlm = withOthers(report.betterRnnlm, whole.betterRnnlm);
  Object.assign(report, { ...whole, ...JSON.parse(JSON.stringify(report)), partsApart: true });
}
writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
writeFileSync(file.replace('.json', '.md'), describeReport(report));
console.log(describeReport(report));
say(`written to ${relative('.', file)} and .md`);
if (args.readme) updateReadme(describeForReadme(report));
// As everything else in the repository is.
spawnSync(
  join(root, 'node_modules', '.bin', 'biome'),
  ['format', '--write', folder, join(root, 'README.md')],
  {
    cwd: root,
  },
);

/** And those of an earlier run that are not in this one: the slow ones. */
function withOthers(results: Result[] | undefined, before: Result[] | undefined): Result[] | undefined {
  const others = before?.filter(({ name }) => results?.every((result) => result.name !== name));
  return results && [...results, ...(others ?? [])];
}

async function measureColdStart(runs: number): Promise<Report['coldStart']> {
  type Times = Record<'total' | 'before' | 'imported' | 'loaded' | 'created' | 'built' | 'stepped', number>;
  const all: Times[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.timeOrigin + performance.now();
    const since = (await runForJson([process.execPath, programOf('cold-start')])) as Times & {
      began: number;
    };
    // The child's clock begins when Node has begun in it; ours, before it is started.
    const before = since.began - start;
    all.push({ ...since, before, total: before + since.stepped });
  }
  const of = (part: (run: Times) => number) => median(all.map(part));
  return {
    runs,
    total: of(({ total }) => total),
    node: of(({ before, imported }) => before + imported),
    loading: of(({ imported, loaded }) => loaded - imported),
    backend: of(({ loaded, created }) => created - loaded),
    model: of(({ created, built }) => built - created),
    step: of(({ built, stepped }) => stepped - built),
  };
}

function describeMachine(): Report['machine'] {
  let blas: string | undefined;
  try {
    blas = findBlas().description;
  } catch {
    // There is none.
  }
  return {
    cpu: cpus()[0].model.trim(),
    cores: cpus().length,
    os: `${platform()} ${release().split('-')[0]}`,
    node: process.versions.node,
    blas,
  };
}

/** Between two marks in the README. */
function updateReadme(table: string): void {
  const path = join(root, 'README.md');
  const readme = readFileSync(path, 'utf8');
  const [begin, end] = ['<!-- bench: begin -->', '<!-- bench: end -->'];
  if (!readme.includes(begin) || !readme.includes(end))
    throw new Error(`README.md: expected ${begin} … ${end}`);
  const before = readme.slice(0, readme.indexOf(begin) + begin.length);
  writeFileSync(path, `${before}\n\n${table}\n\n${readme.slice(readme.indexOf(end))}`);
}
