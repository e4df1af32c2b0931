import { clipGrads, SGD, zeroGrads } from '@unroll/optimizers';
import { Rnnlm } from '@unroll/rnnlm';
import { type Backend, Memory, type Tensor, tensor, zeros } from '@unroll/tensor';
import { BetterRnnlm } from './better-rnnlm.ts';
import type { Inputs, Workload } from './workload.ts';

/** One training step, cut into phases that can be timed. */
export interface Step {
  /** In their order; together they are the step. */
  readonly phases: Readonly<Record<string, () => void>>;
  /** Of the step at hand, once its phases have run. */
  loss(): Promise<number>;
  /** Puts the ids of a block in place. */
  begin(block: number): void;
  dispose(): void;
}

/** The model of a workload from its weights, trained as the book does: clipped gradients, plain SGD. */
export function makeStep(backend: Backend, workload: Workload, { weights, blocks }: Inputs): Step {
  const { model: kind, N, T, D, H, V, lr, maxNorm } = workload;
  const xs = zeros(backend, [N, T], 'i32');
  const ts = zeros(backend, [N, T], 'i32');
  const optimizer = new SGD({ lr });
  const memory = new Memory();
  const values = new Map<string, Tensor>();
  for (const [name, { shape, read }] of weights) values.set(name, tensor(backend, read(), shape));

  let lossValue: Tensor;
  let passes: Record<string, () => void>;
  let model: Rnnlm | BetterRnnlm;
  if (kind === 'rnnlm') {
    const rnnlm = new Rnnlm({ backend, vocabSize: V, wordvecSize: D, hiddenSize: H });
    for (const { name, value } of rnnlm.params) backend.copy(value, values.get(name) as Tensor);
    for (const tensor of values.values()) tensor.dispose();
    passes = passesOf(rnnlm, [rnnlm.lstm], xs, ts, (loss) => {
      lossValue = loss;
    });
    model = rnnlm;
  } else {
    const better = new BetterRnnlm(backend, values);
    passes = passesOf(better, [better.lstm1, better.lstm2], xs, ts, (loss) => {
      lossValue = loss;
    });
    model = better;
  }
  const { params } = model;
  return {
    phases: {
      'gradients to zero': () => zeroGrads(params),
      ...passes,
      clip: () => {
        clipGrads(params, maxNorm, memory);
      },
      update: () => optimizer.update(params),
    },
    loss: () => lossValue.item(),
    begin: (block) => {
      const [xsIds, tsIds] = blocks[block % blocks.length];
      xs.write(xsIds);
      ts.write(tsIds);
    },
    dispose: () => {
      for (const owner of [model, memory, xs, ts]) owner.dispose();
    },
  };
}

/** The forward and backward pass of a model, layer by layer. */
function passesOf(
  { embed, affine, loss }: Pick<Rnnlm, 'embed' | 'affine' | 'loss'>,
  lstms: readonly Rnnlm['lstm'][],
  xs: Tensor,
  ts: Tensor,
  keepLoss: (loss: Tensor) => void,
): Record<string, () => void> {
  let x: Tensor; // what goes up
  let d: Tensor; // what comes down
  return {
    'embedding, forward': () => {
      x = embed.forward(xs);
    },
    'LSTM, forward': () => {
      for (const lstm of lstms) x = lstm.forward(x);
    },
    'affine, forward': () => {
      x = affine.forward(x);
    },
    'softmax and loss, forward': () => keepLoss(loss.forward(x, ts)),
    'softmax and loss, backward': () => {
      d = loss.backward();
    },
    'affine, backward': () => {
      d = affine.backward(d);
    },
    'LSTM, backward': () => {
      for (const lstm of [...lstms].reverse()) d = lstm.backward(d);
    },
    'embedding, backward': () => embed.backward(d),
  };
}
