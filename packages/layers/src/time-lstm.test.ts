import { toBeAllClose } from '@unroll/conformance';
import lstm from '@unroll/fixtures/lstm.json' with { type: 'json' };
import lstmCapped from '@unroll/fixtures/lstm-capped.json' with { type: 'json' };
import lstmCoupled from '@unroll/fixtures/lstm-coupled.json' with { type: 'json' };
import {
  type InputGate,
  type Parameter,
  parameter,
  Random,
  ReferenceBackend,
  randn,
  type Tensor,
  ValueError,
  zeros,
} from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { describeRecurrent, gateWeights } from '../test/describe-recurrent.ts';
import { LSTM } from './lstm.ts';
import { TimeLSTM } from './time-lstm.ts';

expect.extend({ toBeAllClose });

describeRecurrent('TimeLSTM', {
  make: ([Wx, Wh, b], options) => new TimeLSTM(Wx, Wh, b, options),
  weights: gateWeights(4),
  states: { h: 4, c: 4 },
  fixture: lstm,
});

describeRecurrent('TimeLSTM', {
  kind: 'with a capped input gate',
  make: ([Wx, Wh, b], options) => new TimeLSTM(Wx, Wh, b, { ...options, inputGate: 'capped' }),
  weights: gateWeights(4),
  states: { h: 4, c: 4 },
  fixture: lstmCapped,
});

describeRecurrent('TimeLSTM', {
  kind: 'with a coupled input gate',
  make: ([Wx, Wh, b], options) => new TimeLSTM(Wx, Wh, b, { ...options, inputGate: 'coupled' }),
  weights: gateWeights(3),
  states: { h: 4, c: 4 },
  fixture: lstmCoupled,
});

describe('TimeLSTM', () => {
  const [N, T, D, H] = [2, 5, 3, 4];
  const backend = new ReferenceBackend();
  const random = new Random(4);
  const draw = (...shape: number[]) => randn(backend, shape, random, 0.5, 'f64');
  const close = { rtol: 1e-12, atol: 1e-14 };
  const [Wx, Wh, b] = [draw(D, 4 * H), draw(H, 4 * H), draw(4 * H)];

  it('equals T single LSTM steps, forward and backward', async () => {
    const [xs, dhs] = [draw(N, T, D), draw(N, T, H)];
    const block = new TimeLSTM(Wx, Wh, b);
    const hs = block.forward(xs);
    const dxs = block.backward(dhs);

    const shared: Parameter[] = [parameter('Wx', Wx), parameter('Wh', Wh), parameter('b', b)];
    const steps = Array.from({ length: T }, () => new LSTM(shared[0], shared[1], shared[2]));
    let [h, c] = [zeros(backend, [N, H], 'f64'), zeros(backend, [N, H], 'f64')];
    for (const [t, step] of steps.entries()) {
      [h, c] = step.forward(xs.at(t), h, c);
      expect(await h.read()).toBeAllClose(await hs.at(t).read(), close);
    }
    let [dx, dh, dc]: [Tensor | undefined, Tensor, Tensor] = [
      undefined,
      zeros(backend, [N, H], 'f64'),
      zeros(backend, [N, H], 'f64'),
    ];
    for (let t = T - 1; t >= 0; t--) {
      backend.add(dh, dhs.at(t));
      [dx, dh, dc] = steps[t].backward(dh, dc);
      expect(await dx.read()).toBeAllClose(await dxs.at(t).read(), close);
    }
    expect(await block.dh.read()).toBeAllClose(await dh.read(), close);
    expect(await block.dc.read()).toBeAllClose(await dc.read(), close);
    for (const [i, { name, grad }] of block.params.entries()) {
      expect(await shared[i].grad.read(), name).toBeAllClose(await grad.read(), close);
    }
  });

  it('begins with a cell of zeros when setState gets no c', async () => {
    const [xs, h] = [draw(N, T, D), draw(N, H)];
    const explicit = new TimeLSTM(Wx, Wh, b, { stateful: true });
    explicit.setState(h, zeros(backend, [N, H], 'f64'));
    const expected = await explicit.forward(xs).read();

    const layer = new TimeLSTM(Wx, Wh, b, { stateful: true });
    layer.forward(draw(N, T, D));
    layer.setState(h);
    expect(await layer.forward(xs).read()).toEqual(expected);
  });

  it("takes its own states too, in each other's place", async () => {
    const layer = new TimeLSTM(Wx, Wh, b, { stateful: true });
    layer.forward(draw(N, T, D));
    const read = async () => {
      const state = layer.getState();
      return [await state?.h.read(), await state?.c.read()];
    };
    for (let round = 0; round < 3; round++) {
      const [h, c] = await read();
      const own = layer.getState();
      if (own) layer.setState(own.c, own.h);
      expect(await read()).toEqual([c, h]);
    }
  });

  it('refuses an h and a c of different batches, and keeps the state that it has', async () => {
    const layer = new TimeLSTM(Wx, Wh, b, { stateful: true });
    layer.setState(draw(2, H), draw(2, H));
    const before = await layer.getState()?.h.read();
    expect(() => layer.setState(draw(3, H), draw(2, H))).toThrow(
      'TimeLSTM.setState: expected c (3, 4), got (2, 4)',
    );
    expect(await layer.getState()?.h.read()).toEqual(before);
  });

  it('keeps its cell within -1 and 1 when the input gate is capped', async () => {
    const largest = async (inputGate: 'own' | 'capped') => {
      const layer = new TimeLSTM(Wx, Wh, b, { stateful: true, inputGate });
      layer.forward(randn(backend, [N, 50, D], new Random(6), 5, 'f64'));
      return Math.max(...((await layer.getState()?.c.read()) ?? []).map(Math.abs));
    };
    expect(await largest('own')).toBeGreaterThan(1);
    expect(await largest('capped')).toBeLessThanOrEqual(1);
  });

  it('refuses an input gate that there is not', () => {
    const backend = new ReferenceBackend();
    const [Wx, Wh, b] = [zeros(backend, [2, 12]), zeros(backend, [3, 12]), zeros(backend, [12])];
    expect(() => new TimeLSTM(Wx, Wh, b, { inputGate: 'cap' as InputGate })).toThrow(
      new ValueError('TimeLSTM: expected inputGate to be one of own, capped, coupled, got cap'),
    );
  });

  it('refuses to show the gradient of its cell before backward', () => {
    expect(() => new TimeLSTM(Wx, Wh, b).dc).toThrow('TimeLSTM.dc: call backward first');
  });
});
