import { toBeAllClose } from '@unroll/conformance';
import projectedLstm from '@unroll/fixtures/projected-lstm.json' with { type: 'json' };
import { Random, ReferenceBackend, randn, tensor } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { describeRecurrent } from '../test/describe-recurrent.ts';
import { TimeLSTM } from './time-lstm.ts';
import { TimeProjectedLSTM } from './time-projected-lstm.ts';

expect.extend({ toBeAllClose });

describeRecurrent('TimeProjectedLSTM', {
  make: ([Wx, Wh, b, Wr], options) => new TimeProjectedLSTM(Wx, Wh, b, Wr, options),
  weights: { Wx: ['D', 4 * 6], Wh: [4, 4 * 6], b: [4 * 6], Wr: [6, 4] },
  states: { h: 4, c: 6 },
  fixture: projectedLstm,
});

describe('TimeProjectedLSTM', () => {
  const [N, T, D, H] = [2, 5, 3, 4];
  const backend = new ReferenceBackend();
  const random = new Random(4);
  const draw = (...shape: number[]) => randn(backend, shape, random, 0.5, 'f64');
  const close = { rtol: 1e-12, atol: 1e-14 };
  const [Wx, Wh, b] = [draw(D, 4 * H), draw(H, 4 * H), draw(4 * H)];

  it('is a TimeLSTM when its projection is the identity', async () => {
    const identity = Array.from({ length: H * H }, (_, i) => (i % (H + 1) === 0 ? 1 : 0));
    const [xs, dhs] = [draw(N, T, D), draw(N, T, H)];
    const layer = new TimeProjectedLSTM(Wx, Wh, b, tensor(backend, identity, [H, H], 'f64'));
    const lstm = new TimeLSTM(Wx, Wh, b);
    expect(await layer.forward(xs).read()).toBeAllClose(await lstm.forward(xs).read(), close);
    expect(await layer.backward(dhs).read()).toBeAllClose(await lstm.backward(dhs).read(), close);
    for (const [i, { name, grad }] of lstm.params.entries()) {
      expect(await layer.params[i].grad.read(), name).toBeAllClose(await grad.read(), close);
    }
    expect(await layer.dh.read()).toBeAllClose(await lstm.dh.read(), close);
    expect(await layer.dc.read()).toBeAllClose(await lstm.dc.read(), close);
  });

  it('refuses an h and a c of different batches, and keeps the state that it has', async () => {
    const layer = new TimeProjectedLSTM(Wx, draw(2, 4 * H), b, draw(H, 2), { stateful: true });
    layer.setState(draw(N, 2), draw(N, H));
    const before = await layer.getState()?.h.read();
    expect(() => layer.setState(draw(3, 2), draw(N, H))).toThrow(
      'TimeProjectedLSTM.setState: expected c (3, 4), got (2, 4)',
    );
    expect(await layer.getState()?.h.read()).toEqual(before);
  });
});
