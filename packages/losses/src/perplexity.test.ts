import { ReferenceBackend, tensor, zeros } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { perplexity } from './perplexity.ts';
import { SoftmaxWithLoss } from './softmax-with-loss.ts';

describe('perplexity', () => {
  it('is V for a model that knows nothing, and 1 for one that is always right', async () => {
    const backend = new ReferenceBackend();
    const label = tensor(backend, [3], [1], 'i32');
    const knowsNothing = await new SoftmaxWithLoss().forward(zeros(backend, [1, 10], 'f64'), label).item();
    expect(perplexity(knowsNothing)).toBeCloseTo(10, 12);
    const scores = tensor(backend, [0, 0, 0, 1e4], [1, 4], 'f64');
    expect(perplexity(await new SoftmaxWithLoss().forward(scores, label).item())).toBe(1);
  });
});
