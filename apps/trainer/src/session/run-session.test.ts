import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateError } from '@unroll/tensor';
import { expect, it, onTestFinished } from 'vitest';
import { ExitCode, exitCodeOf } from '../exit-code.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { resolveSettings } from '../settings/layers.ts';
import { settle } from '../settings/settle.ts';
import { makeView } from '../view/view.ts';
import { shapeOf } from './describe-run.ts';
import { runSession } from './run-session.ts';
import { makeSession } from './session.ts';

it('does not take a thread that died for a fault of the command line, and says how to go on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unroll-session-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [text, out] = ['text.txt', 'run'].map((name) => join(folder, name));
  await writeFile(text, 'the cat sat on the mat\n'.repeat(60));
  const values = {
    data: { train: text },
    tokenizer: { kind: 'char' },
    model: { wordvecSize: 4, hiddenSize: 4 },
    training: { batchSize: 2, timeSize: 8, maxSteps: 8 },
    compute: { backend: 'reference' },
  };
  const layer = { origin: 'the test', values, place: (path: readonly string[]) => path.join('.') };
  const session = await makeSession(settle(resolveSettings([layer])).settings);
  let steps = 0;
  const { model } = session;
  const backward = model.backward.bind(model);
  model.backward = (dout) => {
    if (++steps > 3) throw new StateError('a thread does not answer');
    backward(dout);
  };
  const run = await RunFolder.check(out, [text], { command: 'unroll' });
  onTestFinished(() => run.close());
  await run.begin();
  const view = makeView(process.stderr, shapeOf(session), { quiet: true });
  const error = await runSession(session, run, view, { command: 'unroll' }).catch((thrown) => thrown);
  expect(error.message).toBe(
    `a thread does not answer; go on from what was saved with: unroll resume ${out}`,
  );
  expect(exitCodeOf(error)).toBe(ExitCode.unexpected);
});
