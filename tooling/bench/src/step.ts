import { clipGrads, type Optimizer, type WeightAverage, zeroGrads } from '@unroll/optimizers';
import type { LanguageModel } from '@unroll/rnnlm';
import { Memory, Random, type Tensor, zeros } from '@unroll/tensor';
import { productFlops } from './product-flops.ts';

/** xs and ts, N * T ids each. */
export type Block = readonly [xs: Int32Array, ts: Int32Array];

/** One training step, cut into phases that can be timed. */
export interface Step {
  /** In their order; together they are the step. */
  readonly phases: Readonly<Record<string, () => void>>;
  /** Of all its matrix products. */
  readonly flops: number;
  /** Of the step at hand, once its phases have run. */
  loss(): Promise<number>;
  /** Puts the ids of a block in place. */
  begin(block: number): void;
  /** The model too. */
  dispose(): void;
}

export interface StepOptions {
  readonly N: number;
  readonly T: number;
  /** Used in turn. */
  readonly blocks: readonly Block[];
  readonly optimizer: Optimizer;
  readonly average?: WeightAverage;
  /** 0: never clipped. */
  readonly maxNorm: number;
}

/** Trains a model as the book does: gradients to zero, forward, backward, clip, update. */
export function makeStep(
  model: LanguageModel,
  { N, T, blocks, optimizer, average, maxNorm }: StepOptions,
): Step {
  const { backend, params } = model;
  const xs = zeros(backend, [N, T], 'i32');
  const ts = zeros(backend, [N, T], 'i32');
  const memory = new Memory();
  let lossValue: Tensor;
  return {
    phases: {
      'gradients to zero': () => zeroGrads(params),
      ...passesOf(model, xs, ts, (loss) => {
        lossValue = loss;
      }),
      clip: () => {
        if (maxNorm > 0) clipGrads(params, maxNorm, memory);
      },
      update: () => {
        optimizer.update(params);
        average?.update(params);
      },
    },
    flops: productFlops(model, N, T),
    loss: () => lossValue.item(),
    begin: (block) => {
      const [xsIds, tsIds] = blocks[block % blocks.length];
      xs.write(xsIds);
      ts.write(tsIds);
    },
    dispose: () => {
      for (const owner of [model, optimizer, average, memory, xs, ts]) owner?.dispose();
    },
  };
}

/** Milliseconds of one whole step. */
export async function timeStep(step: Step, block: number): Promise<number> {
  const start = performance.now();
  step.begin(block);
  for (const run of Object.values(step.phases)) run();
  await step.loss();
  return performance.now() - start;
}

/** A block of ids, all as frequent. */
export function randomBlock(N: number, T: number, V: number): Block {
  const random = new Random(1);
  const ids = () => Int32Array.from({ length: N * T }, () => random.integer(V));
  return [ids(), ids()];
}

/** The forward and backward pass of a model: its embedding, its output layer, and all that is between them. */
function passesOf(
  { layers, loss }: LanguageModel,
  xs: Tensor,
  ts: Tensor,
  keepLoss: (loss: Tensor) => void,
): Record<string, () => void> {
  const [embed] = layers;
  const affine = layers[layers.length - 1];
  const between = layers.slice(1, -1);
  const reversed = [...between].reverse();
  let x: Tensor; // what goes up
  let d: Tensor; // what comes down
  return {
    'embedding, forward': () => {
      x = embed.forward(xs);
    },
    'LSTM, forward': () => {
      for (const layer of between) x = layer.forward(x);
    },
    'affine, forward': () => {
      x = affine.forward(x);
    },
    'softmax and loss, forward': () => keepLoss(loss.forward(x, ts)),
    'softmax and loss, backward': () => {
      d = loss.backward();
    },
    'affine, backward': () => {
      d = affine.backward(d) as Tensor;
    },
    'LSTM, backward': () => {
      for (const layer of reversed) d = layer.backward(d) as Tensor;
    },
    'embedding, backward': () => {
      embed.backward(d);
    },
  };
}
