import qrnn from '@unroll/fixtures/qrnn.json' with { type: 'json' };
import { Random, ReferenceBackend, randn } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { describeRecurrent } from '../test/describe-recurrent.ts';
import { TimeQRNN } from './time-qrnn.ts';

describeRecurrent('TimeQRNN', {
  make: ([Wprev, Wx, b], options) => new TimeQRNN(Wprev, Wx, b, options),
  weights: { Wprev: [3, 12], Wx: ['D', 12], b: [12] },
  states: { c: 4, x: 3 },
  fixture: qrnn,
});

describe('TimeQRNN', () => {
  const [N, T, D, H] = [2, 5, 3, 4];
  const backend = new ReferenceBackend();
  const random = new Random(8);
  const draw = (...shape: number[]) => randn(backend, shape, random, 0.5, 'f64');
  const layer = new TimeQRNN(draw(D, 3 * H), draw(D, 3 * H), draw(3 * H), { stateful: true });

  it('refuses a c and an x of different batches, and keeps the state that it has', async () => {
    layer.forward(draw(N, T, D));
    const before = await layer.getState()?.c.read();
    expect(() => layer.setState(draw(3, H), draw(N, D))).toThrow(
      'TimeQRNN.setState: expected x (3, 3), got (2, 3)',
    );
    expect(await layer.getState()?.c.read()).toEqual(before);
  });
});
