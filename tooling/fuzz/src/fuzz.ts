import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { keepMeasured, typedCommand } from '@unroll/measured';
import { execute } from './execute.ts';
import { minimize } from './minimize.ts';
import { Random } from './random.ts';
import { runTarget } from './run-target.ts';
import type { Target } from './target.ts';
import { targetNamed, targets } from './targets.ts';
import type { Done } from './worker.ts';

const USAGE = `Feeds every parser of something that comes from outside with mutants of what it takes.

  pnpm fuzz                                      all parsers, 100,000 inputs each
  pnpm fuzz --parser safetensors,vocab --executions 1000000 --seed 1
  pnpm fuzz --parser safetensors --replay <file>  one input again
  pnpm fuzz --executions 1000000 --record         docs/measured keeps what came of it

Parsers: ${targets.map(({ name }) => name).join(', ')}
`;

/** Inputs above this size are not made smaller. */
const MOST_MINIMIZED = 4096;
/** Bytes; the file has all of them. */
const MOST_SHOWN = 400;
const folder = fileURLToPath(new URL('../crashes/', import.meta.url));

process.exitCode = await main();

async function main(): Promise<number> {
  const { parsers, executions, seed, first, replay, record } = readOptions();
  if (replay !== undefined) return replayed(parsers[0], replay);
  console.log('| parser | executions | accepted | refused | a second | seconds | memory |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  const accepted: number[] = [];
  for (const target of parsers) {
    const done = await runTarget({ parser: target.name, seed, first, executions });
    if (done.finding) {
      await report(target, seed, done.finding);
      return 1;
    }
    console.log(row(target.name, executions, done));
    accepted.push((100 * done.accepted) / executions);
  }
  if (record) {
    const range = [Math.min(...accepted), Math.max(...accepted)].map((share) => share.toFixed(0));
    await keepMeasured({
      name: 'fuzz',
      title: 'Mutants of files',
      about:
        'Feeds parsers with mutants of what they take: each has to be accepted or refused with a message, within a second and 64 MB, without a change to what all objects share.',
      command: typedCommand('pnpm fuzz'),
      figures: [
        { what: 'parsers', value: String(parsers.length) },
        { what: 'inputs for each', value: executions.toLocaleString('en') },
        { what: 'failures', value: '0', asked: '0' },
        { what: 'accepted', value: `${range.join(' to ')} %` },
      ],
    });
  }
  return 0;
}

function row(name: string, executions: number, { accepted, refused, seconds, grownBytes }: Done): string {
  const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
  const share = (count: number): string => `${((100 * count) / executions).toFixed(1)}%`;
  const cells = [
    name,
    whole(executions),
    share(accepted),
    share(refused),
    whole(executions / seconds),
    seconds.toFixed(1),
    `${whole(grownBytes / 2 ** 20)} MB`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Prints what was found with all that is needed to see it again, and keeps the input. */
async function report(target: Target, seed: number, finding: NonNullable<Done['finding']>): Promise<void> {
  const { execution, problem, isThrown } = finding;
  const input = target.make(new Random(seed, execution));
  const kind = problem.split('\n')[0];
  const smallest =
    isThrown && input.length <= MOST_MINIMIZED
      ? await minimize(input, async (candidate) => {
          const outcome = await execute(target, candidate);
          return outcome.kind === 'finding' && outcome.problem.split('\n')[0] === kind;
        })
      : input;
  mkdirSync(folder, { recursive: true });
  const path = `${folder}${target.name}-${seed}-${execution}.bin`;
  writeFileSync(path, smallest);
  console.error(`
${target.name}: seed ${seed}, execution ${execution}: ${problem}

expected that it is accepted, or refused with ${target.refusals}
input (${smallest.length} bytes; ${input.length} before it was made smaller): ${path}
as text:   ${JSON.stringify(new TextDecoder().decode(smallest.subarray(0, MOST_SHOWN)))}
as base64: ${Buffer.from(smallest.subarray(0, MOST_SHOWN)).toString('base64')}

again: pnpm fuzz --parser ${target.name} --replay ${path}
  or:  pnpm fuzz --parser ${target.name} --seed ${seed} --first ${execution} --executions 1`);
}

async function replayed(target: Target, path: string): Promise<number> {
  const outcome = await execute(target, readFileSync(path));
  console.log(`${target.name}: ${outcome.kind === 'finding' ? outcome.problem : outcome.kind}`);
  return outcome.kind === 'finding' ? 1 : 0;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        parser: { type: 'string', default: 'all' },
        executions: { type: 'string', default: '100000' },
        seed: { type: 'string', default: '1' },
        first: { type: 'string', default: '0' },
        replay: { type: 'string' },
        record: { type: 'boolean', default: false },
        help: { type: 'boolean' },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (values.record && !(Number(values.executions) > 0))
      throw new Error(`--record: expected --executions from 1, got ${values.executions}`);
    return {
      parsers: values.parser === 'all' ? targets : values.parser.split(',').map(targetNamed),
      executions: wholeNumber('executions', values.executions),
      seed: wholeNumber('seed', values.seed),
      first: wholeNumber('first', values.first),
      replay: values.replay,
      record: values.record,
    };
  } catch (error) {
    console.error(`fuzz: ${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(2);
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`--${name}: expected a whole number, got ${text}`);
  return value;
}
