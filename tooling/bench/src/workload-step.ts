import { SGD } from '@unroll/optimizers';
import { BetterRnnlm, Rnnlm } from '@unroll/rnnlm';
import type { Backend } from '@unroll/tensor';
import { type Block, makeStep, type Step } from './step.ts';
import type { Weights, Workload } from './workload.ts';

/** A step of the model of a workload, with plain SGD; from weights of its own unless some are given. */
export function makeWorkloadStep(
  backend: Backend,
  { model, V, D, H, lr, ...workload }: Workload,
  blocks: readonly Block[],
  weights?: Weights,
): Step {
  const options = { backend, vocabSize: V, wordvecSize: D, hiddenSize: H, seed: 1, weights };
  return makeStep(model === 'rnnlm' ? new Rnnlm(options) : new BetterRnnlm({ ...options, dropout: 0 }), {
    ...workload,
    blocks,
    optimizer: new SGD({ lr }),
  });
}
