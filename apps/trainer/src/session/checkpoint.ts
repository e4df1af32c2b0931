import {
  assignParams,
  CheckpointError,
  type JsonObject,
  parseConfig,
  parseSafetensors,
  serializeConfig,
  serializeSafetensors,
} from '@unroll/checkpoint';
import { packModel } from '@unroll/model-folder';
import type { AverageState, Optimizer, WeightAverage } from '@unroll/optimizers';
import type { LanguageModel } from '@unroll/rnnlm';
import { UnrollError } from '@unroll/tensor';
import type { TrainingState } from '@unroll/training';
import { serializeRunConfig } from '../run-folder/run-config.ts';
import type { LogSizes } from '../run-folder/run-folder.ts';
import type { TrainingSession } from './session.ts';

const WEIGHTS = 'model.safetensors';
const OPTIMIZER = 'optimizer.safetensors';
const AVERAGE = 'average.safetensors';
const CARRIED = 'carried.safetensors';
const STATE = 'state.json';

/** Everything from which a run goes on to the same bits: what a snapshot holds. */
export interface TrainingCheckpoint {
  readonly state: TrainingState;
  /** How long the records were. */
  readonly logs: LogSizes;
}

interface Trained {
  readonly model: LanguageModel;
  readonly optimizer: Optimizer;
  readonly average: WeightAverage | undefined;
}

/** As files of a snapshot. They make up a model folder, so that the model of a checkpoint can be used as it is. */
export async function packCheckpoint(
  { model, optimizer, average, tokenizer, settings, dataSha256 }: TrainingSession,
  { state, logs }: TrainingCheckpoint,
): Promise<Map<string, Uint8Array>> {
  const [modelFiles, carried, { kind, updates, tensors }, averaged] = await Promise.all([
    packModel(model, tokenizer),
    model.getState(),
    optimizer.getState(),
    average?.getState(),
  ]);
  const plain = {
    ...{ training: state, optimizer: { kind, updates }, logs },
    ...(averaged && { average: { ...averaged, tensors: undefined } }),
  } as unknown as JsonObject;
  return new Map([
    ...modelFiles,
    [CARRIED, serializeSafetensors(carried)],
    [OPTIMIZER, serializeSafetensors(tensors)],
    ...(averaged ? ([[AVERAGE, serializeSafetensors(averaged.tensors)]] as const) : []),
    [STATE, serializeConfig(plain)],
    ['run.json', serializeRunConfig({ settings, dataSha256 })],
  ]);
}

/**
 * Sets a model and an optimizer to what they were.
 * @param source names the snapshot in messages
 * @throws CheckpointError if files are missing, damaged, or of another model or optimizer
 */
export function unpackCheckpoint(
  files: ReadonlyMap<string, Uint8Array>,
  { model, optimizer, average }: Trained,
  source: string,
): TrainingCheckpoint {
  const read = (name: string): [bytes: Uint8Array, path: string] => {
    const bytes = files.get(name);
    if (!bytes) throw new CheckpointError(`${source}: expected a file ${name}; is it a checkpoint of a run?`);
    return [bytes, `${source}/${name}`];
  };
  const { training, optimizer: saved, average: averaged, logs } = parseConfig(...read(STATE));
  const [kind, updates] = isObject(saved) ? [saved.kind, saved.updates] : [];
  if (!isObject(training) || !isObject(logs) || typeof kind !== 'string' || typeof updates !== 'number') {
    throw new CheckpointError(`${source}/${STATE}: expected the state of a training run`);
  }
  for (const [name, size] of Object.entries(logs)) {
    if (!Number.isSafeInteger(size) || (size as number) < 0) {
      throw new CheckpointError(
        `${source}/${STATE}: expected the length of ${name}, got ${JSON.stringify(size)?.slice(0, 40)}`,
      );
    }
  }
  assignParams(model.params, parseSafetensors(...read(WEIGHTS)).tensors, `${source}/${WEIGHTS}`);
  try {
    model.setState(parseSafetensors(...read(CARRIED)).tensors);
    const { tensors } = parseSafetensors(...read(OPTIMIZER));
    optimizer.setState({ kind, updates, tensors }, model.params);
    average?.setState(
      averageState(averaged, parseSafetensors(...read(AVERAGE)).tensors, source),
      model.params,
    );
  } catch (cause) {
    if (CheckpointError.isInstance(cause)) throw cause;
    if (!UnrollError.isInstance(cause)) throw cause;
    throw new CheckpointError(`${source}: ${cause.message}`, { cause });
  }
  // `train` looks at every number of the state before it makes a step.
  return { state: training as unknown as TrainingState, logs: logs as unknown as LogSizes };
}

/** The rest of what it must be, the average itself looks at. */
function averageState(plain: unknown, tensors: AverageState['tensors'], source: string): AverageState {
  const { kind, updates, start, losses } = isObject(plain) ? plain : {};
  const isState =
    typeof kind === 'string' &&
    typeof updates === 'number' &&
    (start === null || typeof start === 'number') &&
    Array.isArray(losses) &&
    losses.every((loss) => typeof loss === 'number');
  if (!isState) throw new CheckpointError(`${source}/${STATE}: expected the state of an average of weights`);
  return { kind, updates, start, losses: losses as number[], tensors };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
