import betterTiny from '@unroll/fixtures/better-tiny-trajectory.json' with { type: 'json' };
import { betterTrajectoryWeights } from '@unroll/fixtures/better-trajectory-weights';
import tiny from '@unroll/fixtures/tiny-trajectory.json' with { type: 'json' };
import { trajectoryWeights } from '@unroll/fixtures/trajectory-weights';
import { ConstantSchedule, SGD } from '@unroll/optimizers';
import { BetterRnnlm, type LanguageModel, Rnnlm } from '@unroll/rnnlm';
import { type Backend, Random, ReferenceBackend } from '@unroll/tensor';
import { WasmBackend } from '@unroll/tensor-wasm';
import { BpttBatches } from '@unroll/text';
import { train } from '@unroll/training';

/** A training here beside the same one elsewhere, from the same weights, on the same text. */
export interface Parity {
  readonly model: string;
  /** What computes here. */
  readonly here: string;
  /** What computed there, in float64. */
  readonly there: string;
  readonly steps: number;
  /** The greatest difference of a loss on the way, relative to the loss there. */
  readonly losses: number;
  /** The same of the gradients' norms. */
  readonly norms: number;
}

interface Trajectory {
  readonly model: string;
  readonly there: string;
  readonly of: typeof tiny | typeof betterTiny;
  make(backend: Backend, dtype: 'f32' | 'f64'): LanguageModel;
}

const trajectories: readonly Trajectory[] = [
  {
    model: 'Rnnlm',
    there: `NumPy ${tiny.versions.numpy}`,
    of: tiny,
    make(backend, dtype) {
      const { V, D, H } = tiny.cases[0].options;
      const weights = trajectoryWeights(Random, tiny.cases[0].options);
      return new Rnnlm({ backend, vocabSize: V, wordvecSize: D, hiddenSize: H, dtype, weights });
    },
  },
  {
    model: 'BetterRnnlm, without dropout',
    there: `PyTorch ${betterTiny.versions.torch}`,
    of: betterTiny,
    make(backend, dtype) {
      const { V, H } = betterTiny.cases[0].options;
      const weights = betterTrajectoryWeights(Random, betterTiny.cases[0].options);
      return new BetterRnnlm({
        ...{ backend, vocabSize: V, wordvecSize: H, hiddenSize: H, dropout: 0, dtype, weights },
      });
    },
  },
];

/** Trains what NumPy and PyTorch trained, on the reference in f64 and on WebAssembly in f32. */
export async function parities(): Promise<Parity[]> {
  const found: Parity[] = [];
  for (const trajectory of trajectories) {
    found.push(await compare(trajectory, 'reference, float64', new ReferenceBackend(), 'f64'));
    const wasm = await WasmBackend.create({ threads: 1 });
    found.push(await compare(trajectory, 'WebAssembly, float32', wasm, 'f32'));
    wasm.dispose();
  }
  return found;
}

async function compare(
  { model: name, there, of, make }: Trajectory,
  here: string,
  backend: Backend,
  dtype: 'f32' | 'f64',
): Promise<Parity> {
  const [{ options, inputs, expected }] = of.cases;
  const { lr, maxNorm, steps, N, T } = options;
  const model = make(backend, dtype);
  let [losses, norms] = [0, 0];
  const events = train({
    ...{ model, maxGrad: maxNorm, maxSteps: steps, logEvery: 1 },
    optimizer: new SGD({ lr }),
    schedule: new ConstantSchedule({ lr }),
    batches: new BpttBatches(Int32Array.from(inputs.corpus.data), { batchSize: N, timeSize: T }),
  });
  let seen = 0;
  for await (const event of events) {
    if (event.type !== 'step') continue;
    losses = Math.max(losses, Math.abs(event.loss / expected.losses.data[seen] - 1));
    norms = Math.max(norms, Math.abs(event.gradNorm / expected.norms.data[seen] - 1));
    seen++;
  }
  if (seen !== steps) throw new Error(`${name}: expected ${steps} steps, made ${seen}`);
  model.dispose();
  return { model: name, here, there, steps, losses, norms };
}
