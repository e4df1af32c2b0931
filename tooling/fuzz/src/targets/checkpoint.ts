import { CheckpointError } from '@unroll/checkpoint';
import { Adam, ExponentialAverage } from '@unroll/optimizers';
import { Rnnlm } from '@unroll/rnnlm';
import { ReferenceBackend, UnrollError } from '@unroll/tensor';
import { unpackCheckpoint } from '@unroll/trainer/src/session/checkpoint.ts';
import { checkTrainingState } from '@unroll/training/src/training-state.ts';
import { packFrames, unpackFrames } from '../frames.ts';
import { mutatedDocument } from '../mutated-document.ts';
import { mutatedSafetensors, safetensorsFile, toBytes } from '../safetensors-file.ts';
import type { Target } from '../target.ts';
import { utf8 } from '../utf8.ts';
import { stateSeed } from './training-state.ts';

const backend = new ReferenceBackend();
const model = new Rnnlm({ backend, vocabSize: 3, wordvecSize: 2, hiddenSize: 2 });
const optimizer = new Adam({ lr: 0.1 });
const average = new ExponentialAverage();

const shapes = model.params.map(({ name, value }) => ({ name, dtype: 'F32', shape: value.shape }));
const weights = () => safetensorsFile(shapes);
const carried = () =>
  safetensorsFile(['lstm.h', 'lstm.c'].map((name) => ({ name, dtype: 'F32', shape: [1, 2] })));
const kept = () =>
  safetensorsFile(
    shapes.flatMap(({ name, ...rest }) => [
      { name: `${name}.m`, ...rest },
      { name: `${name}.v`, ...rest },
    ]),
  );
const averaged = () =>
  safetensorsFile(shapes.map(({ name, ...rest }) => ({ name: `${name}.average`, ...rest })));
const stateSeeds = [
  {
    training: stateSeed,
    optimizer: { kind: 'Adam', updates: 5 },
    average: { kind: 'ExponentialAverage', updates: 5, start: 0, losses: [] },
    logs: { 'metrics.jsonl': 120, 'evaluations.jsonl': 0, 'samples.txt': 7 },
  },
];

export const checkpointNames: readonly string[] = [
  ...['model.safetensors', 'carried.safetensors', 'optimizer.safetensors'],
  ...['average.safetensors', 'state.json'],
];

/** The files of a checkpoint that is as it should be, in the order of their names. */
export function checkpointFiles(): Uint8Array[] {
  return [...[weights(), carried(), kept(), averaged()].map(toBytes), utf8(JSON.stringify(stateSeeds[0]))];
}

/** All files of a snapshot whose hashes were right: what a checkpoint is unpacked from. */
export const checkpoint: Target = {
  name: 'checkpoint',
  refusals: 'CheckpointError, UnrollError',
  make(random) {
    const files: (Uint8Array | undefined)[] = checkpointFiles();
    const changed = random.below(files.length);
    const make = [weights, carried, kept, averaged][changed];
    files[changed] = make ? mutatedSafetensors(make, random) : mutatedDocument(stateSeeds, random);
    if (random.oneIn(40)) files[random.below(files.length)] = undefined;
    return packFrames(files);
  },
  run(input) {
    const files = unpackFrames(input);
    const snapshot = new Map(
      checkpointNames.flatMap((name, i) => {
        const file = files[i];
        return file ? [[name, file] as const] : [];
      }),
    );
    const { state } = unpackCheckpoint(snapshot, { model, optimizer, average }, 'checkpoints/step-000000005');
    checkTrainingState(state);
  },
  isRefusal: (error) => CheckpointError.isInstance(error) || UnrollError.isInstance(error),
};
