/**
 * What the live view, the records and the checkpoints cost: the same training of the book's Rnnlm, bare and as `unroll train` does it at
 * its default intervals, in turn. A bare run reads the loss as often, since that belongs to training.
 *
 *     pnpm --filter @unroll/trainer run overhead --data <PTB> --steps 3000 --rounds 2
 *
 * With --record, docs/measured keeps what came of it.
 */
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keepMeasured, typedCommand } from '@unroll/measured';
import { saveModel } from '@unroll/model-folder/node';
import { train } from '@unroll/training';
import { breathe } from '../src/breathe.ts';
import { RunFolder } from '../src/run-folder/run-folder.ts';
import { describeRun, shapeOf } from '../src/session/describe-run.ts';
import { runSession } from '../src/session/run-session.ts';
import { makeSession, type TrainingSession } from '../src/session/session.ts';
import { resolveSettings } from '../src/settings/layers.ts';
import { makeView } from '../src/view/view.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    steps: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '2' },
    backend: { type: 'string', default: 'auto' },
    record: { type: 'boolean', default: false },
  },
});
const steps = Number(values.steps);
const folder = mkdtempSync(join(tmpdir(), 'unroll-overhead-'));

/** 900,000 words of a vocabulary of 10,000, as many as in the Penn Treebank. */
function standIn(): string {
  const path = join(folder, 'words.txt');
  const words = Array.from({ length: 900_000 }, (_, i) =>
    (i < 10_000 ? i : (i * 2654435761) % 9973).toString(36),
  );
  writeFileSync(path, words.join(' '));
  return path;
}

const { settings } = resolveSettings([
  {
    origin: 'overhead',
    values: {
      data: { train: values.data ?? standIn() },
      training: { maxSteps: steps, epochs: 1000 },
      compute: { backend: values.backend },
    },
  },
]);

/** Seconds that training takes by itself. */
async function bare(session: TrainingSession): Promise<number> {
  const { model, optimizer, schedule, batches } = session;
  const start = performance.now();
  const maxGrad = settings.training.maxGrad;
  for await (const _ of train({
    model,
    optimizer,
    schedule,
    batches,
    maxGrad,
    epochs: 1000,
    maxSteps: steps,
    pause: breathe,
  }));
  return (performance.now() - start) / 1000;
}

/** In milliseconds, in all calls of views and folders. */
let spent = 0;

/** The same, but that the time of each call is added up: on a busy machine that says more than two runs do. */
function counted<Target extends object>(target: Target): Target {
  return new Proxy(target, {
    get: (_, name) => {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const start = performance.now();
        const done = () => {
          spent += performance.now() - start;
        };
        const result: unknown = Reflect.apply(member, target, args);
        if (result instanceof Promise) return result.finally(done);
        done();
        return result;
      };
    },
  });
}

/** Seconds with all that `unroll train` does beside it, evaluations apart. */
async function whole(session: TrainingSession): Promise<number> {
  const path = join(folder, 'run');
  const run = await RunFolder.check(path, [], { force: true, command: 'unroll' });
  // A terminal, as far as the view can tell.
  const terminal = Object.assign(createWriteStream('/dev/null'), { isTTY: true, columns: 120, rows: 40 });
  const view = makeView(terminal as unknown as NodeJS.WriteStream, shapeOf(session), { format: 'pretty' });
  await run.begin();
  await saveModel(path, session.model, session.tokenizer);
  view.begin('unroll train', describeRun(session, path));
  const start = performance.now();
  await runSession({ ...session, validation: undefined }, counted(run), counted(view), {
    command: 'unroll',
    stopAfter: steps,
  });
  const seconds = (performance.now() - start) / 1000;
  view.close();
  run.close();
  rmSync(path, { recursive: true });
  return seconds;
}

try {
  const times = { bare: [] as number[], whole: [] as number[] };
  for (let round = 0; round < Number(values.rounds); round++) {
    // In turn, each first once: what comes later in a process may be slower for reasons of its own.
    const both = Object.entries({ bare, whole });
    for (const [name, measure] of round % 2 === 0 ? both : both.reverse()) {
      const session = await makeSession(settings);
      if (round === 0 && name === 'bare') console.log(`${session.description}; ${steps} steps`);
      const seconds = await measure(session);
      session.backend.dispose();
      times[name as keyof typeof times].push(seconds);
      console.log(
        `${name.padEnd(6)} ${seconds.toFixed(2)} s, ${((seconds / steps) * 1000).toFixed(2)} ms a step`,
      );
    }
  }
  const share = spent / 10 / times.whole.reduce((sum, seconds) => sum + seconds, 0);
  console.log(`calls of view and folder, checkpoints too: ${share.toFixed(2)} % of the time`);
  const [least, most] = [Math.min(...times.bare), Math.min(...times.whole)];
  console.log(`view, records and checkpoints: ${((most / least - 1) * 100).toFixed(2)} % (the best of each)`);
  if (values.record) {
    await keepMeasured({
      name: 'overhead',
      title: 'What keeping records costs',
      about:
        "The same training of the book's Rnnlm, bare and as `unroll train` does it, in turn: what its view, its records and its checkpoints cost.",
      command: typedCommand('pnpm --filter @unroll/trainer run overhead'),
      figures: [
        { what: 'spent in calls of view and folder', value: `${share.toFixed(2)} %`, asked: '2 % at most' },
        {
          what: 'the best whole run against the best bare one',
          value: `${((most / least - 1) * 100).toFixed(2)} %`,
        },
      ],
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
