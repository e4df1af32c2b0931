import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileWhole } from '@unroll/checkpoint/node';
import { readRun } from '@unroll/trainer/src/records/read-run.ts';
import type { Run } from '@unroll/trainer/src/records/run.ts';
import { makeReport } from '@unroll/trainer/src/report/make-report.ts';
import { z } from 'zod';
import { Attempt } from './attempt.ts';
import { type Command, runForJson, runToEnd } from './command.ts';
import { findCorpus } from './find-corpus.ts';
import { type Figure, nameOf, parseResult, type Result } from './result.ts';
import { ResultsError } from './results-error.ts';
import type { Extra, Row } from './row.ts';

export interface RunRowOptions {
  readonly seed: number;
  readonly backend?: string;
  /** The folder of the corpus, if it is not where it is looked for. */
  readonly data?: string;
  /** The folder of the run. */
  readonly out: string;
  /** The folder of the results. */
  readonly results: string;
  /** What `unroll` is here. */
  readonly unroll: Command;
  readonly commit: string;
  readonly say: (line: string) => void;
}

/**
 * Trains what a row says, or goes on with it, measures it, and records result and report.
 * @throws ResultsError if the text is missing, or the run did not come to its end
 */
export async function runRow(row: Row, options: RunRowOptions): Promise<Result> {
  const { seed, backend, out, unroll, say } = options;
  const data = findCorpus(row.corpus, options.data);
  /** @param here with the paths of this machine; else as somebody would type it */
  const trainArgs = (here: boolean): string[] => [
    ...['train', '--data', here ? data : row.corpus.typed, ...row.train, '--seed', String(seed)],
    ...(backend === undefined ? [] : ['--backend', backend]),
    ...['--out', here ? out : runOf(row, seed)],
  ];
  const command = typed(trainArgs(false));
  say(`This is: ${command}\n`);

  const attempt = Attempt.isBegun(out)
    ? Attempt.goOn(out, command)
    : Attempt.begin(out, command, options.commit);
  if (attempt.commit !== options.commit) {
    say(`the run was begun at commit ${attempt.commit}; now the code is that of ${options.commit}`);
  }
  if (attempt.finished) {
    say(`${out}: has come to its end before; it is only measured again (to train anew, remove the folder)`);
  } else {
    const args = attempt.parts > 0 ? ['resume', out, '--data', data] : trainArgs(true);
    const code = await attempt.time(() => runToEnd(unroll, args));
    if (code !== 0) {
      throw new ResultsError(
        `${row.id}: unroll ${args[0]} ended with ${code}; ${code > 128 ? 'the same command goes on with what was saved' : 'see above'}`,
        code,
      );
    }
  }

  const measured: Record<string, Figure> = {};
  for (const extra of [{ name: 'plain', evaluate: [] }, ...row.extras]) {
    measured[extra.name] = await measure(row, seed, extra, { out, data, unroll });
    const { perplexity, loss } = measured[extra.name];
    say(
      `${extra.name}: perplexity ${perplexity.toFixed(2)}, loss ${loss.toFixed(4)} on the ${row.split} text`,
    );
  }

  const run = forOthers(await readRun(out), row);
  const result = makeResult({ row: row.id, seed, command, commit: attempt.commit }, run, {
    seconds: attempt.seconds,
    parts: attempt.parts,
    measured,
    sha256: createHash('sha256')
      .update(readFileSync(join(out, 'model.safetensors')))
      .digest('hex'),
  });
  await mkdir(options.results, { recursive: true });
  const write = (ending: string, text: string): Promise<void> =>
    writeFileWhole(join(options.results, `${nameOf(result)}.${ending}`), new TextEncoder().encode(text));
  await write('html', makeReport([run]));
  await write('json', `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

/** Where a row's run goes unless something else is said, seen from the root of the repository. */
export const runOf = ({ id }: Row, seed: number): string =>
  join('runs', 'results', nameOf({ row: id, seed }));

const typed = (args: readonly string[]): string => `unroll ${args.join(' ')}`;

const figureSchema = z.object({ loss: z.number(), perplexity: z.number(), predictions: z.int() });

async function measure(
  row: Row,
  seed: number,
  { name, evaluate, under }: Extra,
  { out, data, unroll }: { readonly out: string; readonly data: string; readonly unroll: Command },
): Promise<Figure> {
  const args = (model: string, text: string): string[] => [
    ...['evaluate', model, '--data', text, '--split', row.split, ...evaluate],
  ];
  const printed = await runForJson(unroll, [...args(out, data), '--json']);
  const wanted = under === undefined ? printed : (printed as Record<string, unknown> | null)?.[under];
  const figure = figureSchema.safeParse(wanted);
  if (!figure.success) {
    throw new ResultsError(
      `${row.id}: ${name}: expected unroll evaluate --json to tell loss, perplexity and predictions${under === undefined ? '' : ` in ${under}`}, got ${JSON.stringify(wanted)?.slice(0, 80)}`,
    );
  }
  return { command: typed(args(runOf(row, seed), row.corpus.typed)), ...figure.data };
}

function makeResult(
  begun: Pick<Result, 'row' | 'seed' | 'command' | 'commit'>,
  { environment, settings, ...run }: Run,
  known: Pick<Result, 'seconds' | 'parts' | 'measured' | 'sha256'>,
): Result {
  const { lastStep, seconds = 0, best } = run;
  const [N, T] = ['training.batchSize', 'training.timeSize'].map((name) => Number(settings.get(name)));
  const steps = lastStep?.step ?? 0;
  const computed = String(environment.get('backend'));
  const result = {
    ...begun,
    date: environment.get('begun'),
    machine: Object.fromEntries(
      ['cpu', 'cores', 'platform', 'node'].map((name) => [name, environment.get(name)]),
    ),
    backend: settings.get('compute.backend'),
    computed,
    threads: environment.get('threads') ?? Number(/ (\d+) threads/.exec(computed)?.[1] ?? 1),
    ...known,
    steps,
    parameters: run.parameters,
    tokensPerSecond: (steps * N * T) / seconds,
    validation: run.evaluations,
    best,
    dataSha256: environment.get('dataSha256'),
  };
  return parseResult(result, run.path);
}

/** Without what concerns nobody else: the machine's name, who built its system, and where the text lay. */
function forOthers(run: Run, { corpus }: Row): Run {
  const environment = new Map(run.environment);
  environment.delete('host');
  environment.set('platform', String(environment.get('platform')).replace(/-\S+/, '')); // linux 6.18.44-build x64
  return { ...run, environment, settings: new Map(run.settings).set('data.train', corpus.typed) };
}
