import { zeroGrads } from '@unroll/optimizers';
import type { LanguageModel } from '@unroll/rnnlm';
import { Memory, type Parameter, zeros } from '@unroll/tensor';
import type { Block } from './block-reader.ts';

/**
 * How large the gradients of each weight are over some blocks: the root of the mean of their squares, for each of the model's
 * parameters. The weights stay as they are.
 *
 * @param blocks those of one reading, one or more; the model carries its state through them
 */
export async function rootMeanSquares(
  model: LanguageModel,
  blocks: Iterable<Block>,
  pause?: () => Promise<void>,
): Promise<Float64Array[]> {
  const { params, backend } = model;
  const memory = new Memory();
  try {
    const alike = ({ value }: Parameter) => memory.own(zeros(backend, value.shape, value.dtype));
    const [sums, squares] = [params.map(alike), params.map(alike)];
    let count = 0;
    for (const { xs, ts } of blocks) {
      zeroGrads(params);
      model.forward(xs, ts);
      model.backward();
      for (const [i, { grad }] of params.entries()) {
        backend.multiply(squares[i], grad, grad);
        backend.add(sums[i], squares[i]);
      }
      count++;
      await pause?.();
    }
    const read = await Promise.all(sums.map((sum) => sum.read()));
    return read.map((sum) => Float64Array.from(sum, (squares) => Math.sqrt(squares / count)));
  } finally {
    memory.dispose();
  }
}
