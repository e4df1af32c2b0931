import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '@unroll/trainer/src/exit-code.ts';
import { readRun } from '@unroll/trainer/src/records/read-run.ts';
import { expectThat } from '../expect-that.ts';
import { packFrames, unpackFrames } from '../frames.ts';
import { type JsonText, render, toJsonText } from '../json-text.ts';
import { joined, mutateBytes } from '../mutate-bytes.ts';
import { mutateJson } from '../mutate-json.ts';
import { mutatedDocument } from '../mutated-document.ts';
import type { Random } from '../random.ts';
import type { Target } from '../target.ts';
import { utf8 } from '../utf8.ts';
import { settingsSeeds } from './configuration.ts';

const step = {
  step: 1,
  epoch: 1,
  loss: 2.5,
  perplexity: 12.2,
  lr: 0.5,
  gradNorm: 0.75,
  tokensPerSecond: 1000,
};
const steps = [step, { ...step, step: 5 }, { ...step, step: 10, epoch: 2, loss: null }];
const evaluations = [5, 10].map((at) => ({ step: at, epoch: 1, loss: 2, perplexity: 7.4, predictions: 350 }));
const samples = '--- step 5 ---\nthe cat\n\n--- step 10 ---\nthe dog\n\n';

/** Lines of JSON, of which some are changed. */
function lines(records: readonly unknown[], random: Random): Uint8Array {
  const texts = records.map((record) => {
    let text: JsonText = toJsonText(record);
    for (let changes = random.below(3); changes > 0; changes--)
      text = mutateJson(text, random, { wellFormed: false });
    return render(text);
  });
  if (random.oneIn(8))
    texts.splice(
      random.below(texts.length + 1),
      0,
      random.pick(['', ' ', '[]', 'null', '{', random.pick(texts)]),
    );
  return perhapsMutated(utf8(`${texts.join('\n')}${random.oneIn(8) ? '' : '\n'}`), random);
}

const perhapsMutated = (bytes: Uint8Array, random: Random): Uint8Array =>
  random.oneIn(6) ? mutateBytes(bytes, random) : bytes;

const makers: Readonly<Record<string, (random: Random) => Uint8Array>> = {
  'metrics.jsonl': (random) => lines(steps, random),
  'evaluations.jsonl': (random) => lines(evaluations, random),
  'samples.txt': (random) => mutateBytes(joined(utf8(samples), utf8(samples)), random),
  'config.resolved.yaml': (random) => mutatedDocument(settingsSeeds, random),
  'test.json': (random) => mutatedDocument([{ loss: 2.5, perplexity: 12.2 }], random),
  'env.json': (random) => mutatedDocument([{ node: 'v24', cores: 2, parameters: 19 }], random),
};
export const recordNames: readonly string[] = Object.keys(makers);

let folder: string | undefined;

/** In memory where there is such a folder: a million executions are no work for a disk. */
function makeFolder(): string {
  process.on('exit', removeFolder);
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'unroll-fuzz-'));
}

/** For who is ended without having an end, as processes of tests are. */
export function removeFolder(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
}

/** What `unroll report` and `unroll compare` read: a folder in which each time one of the files is changed. */
export const runRecords: Target = {
  name: 'run-records',
  refusals: 'DataError',
  make(random) {
    const changed = random.oneIn(2) ? 0 : random.below(recordNames.length);
    const files = recordNames.map((name, i) => (i === changed ? makers[name](random) : undefined));
    if (changed !== 0) files[0] = utf8(`${JSON.stringify(step)}\n`);
    return packFrames(files);
  },
  async run(input) {
    folder ??= makeFolder();
    const files = unpackFrames(input);
    for (const [i, name] of recordNames.entries()) {
      const bytes = files[i];
      if (bytes) writeFileSync(join(folder, name), bytes);
      else rmSync(join(folder, name), { force: true });
    }
    const run = await readRun(folder);
    expectThat(
      run.steps.every(({ step }) => Number.isSafeInteger(step)),
      'steps that are whole numbers',
    );
    expectThat(run.settings.size <= 500, 'no more settings than are shown');
  },
  isRefusal: (error) => error instanceof DataError,
};
