import { describeLayer, toBeAllClose } from '@unroll/conformance';
import {
  type Layer,
  Random,
  ReferenceBackend,
  randn,
  StateError,
  type Tensor,
  type TypedArray,
  zeros,
} from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { FixtureTensors } from './fixture-tensors.ts';
import { precisions } from './precisions.ts';

expect.extend({ toBeAllClose });

type State = Readonly<Partial<Record<'h' | 'c', Tensor>>>;

interface RecurrentLayer extends Layer {
  readonly stateful: boolean;
  readonly dh: Tensor;
  readonly dc?: Tensor;
  getState(): State | undefined;
  setState(h: Tensor, c?: Tensor): void;
  resetState(): void;
}

interface RecurrentUnderTest {
  readonly make: (Wx: Tensor, Wh: Tensor, b: Tensor, options?: { stateful?: boolean }) => RecurrentLayer;
  /** How many lie side by side in Wx, Wh and b. */
  readonly gates: number;
  /** What goes from step to step. */
  readonly states: readonly ('h' | 'c')[];
  /** Numbers from PyTorch. */
  readonly fixture: ConstructorParameters<typeof FixtureTensors>[0];
}

/** What TimeRNN, TimeLSTM and TimeGRU have in common. */
export function describeRecurrent(name: string, { make, gates, states, fixture }: RecurrentUnderTest): void {
  const [D, H] = [3, 4];
  const both = states.join(' and ');

  for (const stateful of [false, true]) {
    describeLayer(`${name}, ${stateful ? 'stateful' : 'not stateful'}`, {
      backend: () => new ReferenceBackend(),
      make: (weights) => make(weights(D, gates * H), weights(H, gates * H), weights(gates * H), { stateful }),
      input: (N, T) => [N, T, D],
    });
  }

  describe.each(precisions)(`${name}, against PyTorch, in $dtype`, ({ dtype, forward, gradient }) => {
    /** Runs one block; the names of its numbers in the fixture end with `block`. */
    async function holdBlock(layer: RecurrentLayer, given: FixtureTensors, block: string): Promise<void> {
      const [xs, dhs] = given.inputs(`xs${block}`, `dhs${block}`);
      for (const { grad } of layer.params) grad.backend.fill(grad, 0);
      expect(await layer.forward(xs).read()).toBeAllClose(given.expected(`hs${block}`), forward);
      for (const state of states) {
        const carried = layer.getState()?.[state];
        expect(await carried?.read()).toBeAllClose(given.expected(`${state}_T${block}`), forward);
      }
      const dxs = await layer.backward(dhs).read();
      expect(dxs).toBeAllClose(given.expected(`dxs${block}`), gradient);
      for (const { name, grad } of layer.params) {
        expect(await grad.read(), name).toBeAllClose(given.expected(`d${name}${block}`), gradient);
      }
      for (const state of states) {
        const dstate = state === 'h' ? layer.dh : layer.dc;
        expect(await dstate?.read(), state).toBeAllClose(given.expected(`d${state}0${block}`), gradient);
      }
    }

    function makeFrom(given: FixtureTensors, stateful: boolean): RecurrentLayer {
      const [Wx, Wh, b] = given.inputs('Wx', 'Wh', 'b');
      return make(Wx, Wh, b, { stateful });
    }

    it('agrees on a block that begins with zeros', async () => {
      const given = new FixtureTensors(fixture, 'zero-initial-state', dtype);
      await holdBlock(makeFrom(given, false), given, '');
    });

    it(`agrees on a block that begins with a given ${both}`, async () => {
      const given = new FixtureTensors(fixture, 'given-initial-state', dtype);
      const layer = makeFrom(given, true);
      const [h, c] = given.inputs(...states.map((state) => `${state}0`));
      layer.setState(h, c);
      await holdBlock(layer, given, '');
    });

    it('agrees on two blocks, the second from where the first ended', async () => {
      const given = new FixtureTensors(fixture, 'two-blocks', dtype);
      const layer = makeFrom(given, true);
      await holdBlock(layer, given, '1');
      await holdBlock(layer, given, '2');
    });
  });

  describe(`${name} between blocks`, () => {
    const backend = new ReferenceBackend();
    const random = new Random(3);
    const draw = (...shape: number[]) => randn(backend, shape, random, 0.5, 'f64');
    const [Wx, Wh, b] = [draw(D, gates * H), draw(H, gates * H), draw(gates * H)];
    const layerOf = (stateful: boolean) => make(Wx, Wh, b, { stateful });
    const copy = (x: Tensor) => {
      const made = zeros(backend, x.shape, 'f64');
      backend.copy(made, x);
      return made;
    };

    async function readState(layer: RecurrentLayer): Promise<TypedArray[]> {
      const state = layer.getState();
      if (!state) throw new Error('expected a state');
      return Promise.all(states.map((key) => (state[key] as Tensor).read()));
    }

    it(`carries ${both} into the next block when stateful`, async () => {
      const xs = draw(2, 7, D);
      const whole = await layerOf(false).forward(xs).read();
      const layer = layerOf(true);
      const [first, second] = [copy(xs.slice(0, 4)), copy(xs.slice(4, 7))];
      const halves = [await layer.forward(first).read(), await layer.forward(second).read()];
      const steps = (hs: ArrayLike<number>, T: number, n: number) =>
        Array.from(hs).slice(n * T * H, (n + 1) * T * H);
      const joined = [0, 1].flatMap((n) => [...steps(halves[0], 4, n), ...steps(halves[1], 3, n)]);
      expect(joined).toBeAllClose(whole, { rtol: 1e-12, atol: 1e-14 });
    });

    it('begins with zeros when not stateful', async () => {
      const layer = layerOf(false);
      const xs = draw(2, 3, D);
      const first = await layer.forward(xs).read();
      layer.forward(draw(2, 3, D));
      expect(await layer.forward(xs).read()).toEqual(first);
    });

    it('begins with zeros again after resetState', async () => {
      const layer = layerOf(true);
      const xs = draw(2, 3, D);
      const first = await layer.forward(xs).read();
      expect(await layer.forward(xs).read()).not.toEqual(first);
      layer.resetState();
      expect(layer.getState()).toBeUndefined();
      expect(await layer.forward(xs).read()).toEqual(first);
    });

    it('goes on from a state that was copied out and set again', async () => {
      const layer = layerOf(true);
      layer.forward(draw(2, 3, D));
      const saved = states.map((state) => copy(layer.getState()?.[state] as Tensor));
      const xs = draw(2, 3, D);
      const expected = await layer.forward(xs).read();
      layer.forward(draw(2, 5, D));
      layer.setState(saved[0], saved[1]);
      expect(await layer.forward(xs).read()).toEqual(expected);
    });

    it('keeps a copy of a state that is set: changing it afterwards does not show', async () => {
      const layer = layerOf(true);
      const given = states.map(() => draw(2, H));
      layer.setState(given[0], given[1]);
      const before = await readState(layer);
      for (const state of given) backend.fill(state, 9);
      expect(await readState(layer)).toEqual(before);
    });

    it('has no state before the first block', () => {
      expect(layerOf(true).getState()).toBeUndefined();
    });

    it('refuses a state when it is not stateful', () => {
      expect(() => layerOf(false).setState(draw(2, H))).toThrow(
        new StateError(
          `${name}.setState: expected a stateful layer, this one begins every block with zeros; make it with { stateful: true }`,
        ),
      );
    });

    it('names resetState() and setState() when the batch size changes', async () => {
      const layer = layerOf(true);
      layer.forward(draw(3, 2, D));
      const kept = await readState(layer);
      const smaller = draw(2, 2, D);
      expect(() => layer.forward(smaller)).toThrow(
        new StateError(
          `${name}.forward: expected a batch of 3, to which the carried h belongs, got 2; call resetState() to begin anew or setState() with a state for 2`,
        ),
      );
      expect(await readState(layer)).toEqual(kept);
      layer.resetState();
      expect(layer.forward(smaller).shape).toEqual([2, 2, H]);
    });

    it('refuses to show a gradient of its state before backward', () => {
      const layer = layerOf(true);
      layer.forward(draw(2, 2, D));
      expect(() => layer.dh).toThrow(new StateError(`${name}.dh: call backward first`));
    });

    it('says which shape it expected and which one came', () => {
      const layer = layerOf(true);
      layer.forward(draw(2, 3, D));
      const [width, wider] = [(gates * H).toString(), (gates * 5).toString()];
      expect(() => layer.forward(draw(2, 3, 5))).toThrow(
        `${name}.forward: expected xs (N, T, 3), got (2, 3, 5)`,
      );
      expect(() => layer.forward(draw(2, 3))).toThrow(`${name}.forward: expected xs (N, T, 3), got (2, 3)`);
      expect(() => layer.setState(draw(2, 5))).toThrow(`${name}.setState: expected h (N, 4), got (2, 5)`);
      expect(() => make(Wx, draw(5, gates * H), b)).toThrow(
        `${name}: expected Wh (5, ${wider}), got (5, ${width})`,
      );
      expect(() => make(draw(D, gates * 5), Wh, b)).toThrow(
        `${name}: expected Wx (D, ${width}), got (3, ${wider})`,
      );
      expect(() => make(Wx, Wh, draw(1))).toThrow(`${name}: expected b (${width}), got (1)`);
    });

    it('refuses an upstream gradient of another shape', () => {
      const layer = layerOf(false);
      layer.forward(draw(2, 3, D));
      expect(() => layer.backward(draw(2, 4, H))).toThrow(
        `${name}.backward: expected dhs (2, 3, 4), got (2, 4, 4)`,
      );
    });
  });
}
