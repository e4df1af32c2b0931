import { describeLayer, toBeAllClose } from '@unroll/conformance';
import bilstm from '@unroll/fixtures/bilstm.json' with { type: 'json' };
import { Random, ReferenceBackend, randn } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { FixtureTensors } from '../test/fixture-tensors.ts';
import { precisions } from '../test/precisions.ts';
import { TimeBiLSTM } from './time-bi-lstm.ts';
import { TimeLSTM } from './time-lstm.ts';

expect.extend({ toBeAllClose });

const [D, H] = [3, 4];
const names = ['Wx1', 'Wh1', 'b1', 'Wx2', 'Wh2', 'b2'] as const;

for (const stateful of [false, true]) {
  describeLayer(`TimeBiLSTM, ${stateful ? 'stateful' : 'not stateful'}`, {
    backend: () => new ReferenceBackend(),
    make: (weights) => {
      const [Wx1, Wh1, b1] = [weights(D, 4 * H), weights(H, 4 * H), weights(4 * H)];
      return new TimeBiLSTM(Wx1, Wh1, b1, weights(D, 4 * H), weights(H, 4 * H), weights(4 * H), { stateful });
    },
    input: (N, T) => [N, T, D],
  });
}

describe.each(precisions)('TimeBiLSTM, against PyTorch, in $dtype', ({ dtype, forward, gradient }) => {
  it('agrees on outputs and all gradients', async () => {
    const given = new FixtureTensors(bilstm, 'zero-initial-state', dtype);
    const [Wx1, Wh1, b1, Wx2, Wh2, b2] = given.inputs(...names);
    const layer = new TimeBiLSTM(Wx1, Wh1, b1, Wx2, Wh2, b2);
    const [xs, dhs] = given.inputs('xs', 'dhs');
    expect(await layer.forward(xs).read()).toBeAllClose(given.expected('hs'), forward);
    expect(await layer.backward(dhs).read()).toBeAllClose(given.expected('dxs'), gradient);
    for (const [i, { grad }] of layer.params.entries()) {
      expect(await grad.read(), names[i]).toBeAllClose(given.expected(`d${names[i]}`), gradient);
    }
  });
});

describe('TimeBiLSTM', () => {
  const backend = new ReferenceBackend();
  const random = new Random(5);
  const draw = (...shape: number[]) => randn(backend, shape, random, 0.5, 'f64');
  const weights = () => [draw(D, 4 * H), draw(H, 4 * H), draw(4 * H)] as const;

  it('has what one LSTM reads from the start in the first half of its columns', async () => {
    const first = weights();
    const xs = draw(2, 5, D);
    const hs = new TimeBiLSTM(...first, ...weights()).forward(xs);
    const alone = await new TimeLSTM(...first).forward(xs).read();
    expect(await hs.columns(0, H).read()).toEqual(alone);
  });

  it('has what the other reads from the end in the second half', async () => {
    const second = weights();
    const xs = draw(2, 5, D);
    const hs = new TimeBiLSTM(...weights(), ...second).forward(xs);
    const reversed = randn(backend, xs.shape, random, 1, 'f64');
    backend.copy(reversed, xs.reversed);
    const alone = new TimeLSTM(...second).forward(reversed);
    for (let t = 0; t < 5; t++) {
      expect(
        await hs
          .columns(H, 2 * H)
          .at(t)
          .read(),
      ).toEqual(await alone.at(4 - t).read());
    }
  });

  it('says which shape it expected and which one came', () => {
    const layer = new TimeBiLSTM(...weights(), ...weights());
    expect(() => layer.forward(draw(2, 3, 5))).toThrow(
      'TimeBiLSTM.forward: expected xs (N, T, 3), got (2, 3, 5)',
    );
    layer.forward(draw(2, 3, D));
    expect(() => layer.backward(draw(2, 3, H))).toThrow(
      'TimeBiLSTM.backward: expected dhs (2, 3, 8), got (2, 3, 4)',
    );
    const wider = [draw(5, 4 * H), draw(H, 4 * H), draw(4 * H)] as const;
    expect(() => new TimeBiLSTM(...weights(), ...wider)).toThrow(
      'TimeBiLSTM: expected Wx2 (3, 16), got (5, 16)',
    );
  });
});
