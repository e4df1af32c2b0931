import { toBeAllClose } from '@unroll/conformance';
import minGRU from '@unroll/fixtures/min-gru.json' with { type: 'json' };
import { Random, ReferenceBackend, randn, tensor, zeros } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { describeRecurrent } from '../test/describe-recurrent.ts';
import { TimeMinGRU } from './time-min-gru.ts';

expect.extend({ toBeAllClose });

describeRecurrent('TimeMinGRU', {
  make: ([W, b], options) => new TimeMinGRU(W, b, options),
  weights: { W: ['D', 8], b: [8] },
  states: { h: 4 },
  fixture: minGRU,
});

describe('TimeMinGRU', () => {
  const backend = new ReferenceBackend();
  const random = new Random(7);

  it('keeps its h where z is closed, and forgets it where z is open', async () => {
    const W = zeros(backend, [3, 4], 'f64');
    const b = tensor(backend, [-800, 800, 5, 6], [4], 'f64'); // z is 0 and 1, h~ is 5 and 6
    const layer = new TimeMinGRU(W, b, { stateful: true });
    layer.setState(tensor(backend, [0.25, 0.75], [1, 2], 'f64'));
    const hs = layer.forward(randn(backend, [1, 2, 3], random, 1, 'f64'));
    expect(await hs.read()).toBeAllClose([0.25, 6, 0.25, 6], { rtol: 0, atol: 0 });
  });
});
