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

type StateName = 'h' | 'c' | 'x';

interface RecurrentLayer extends Layer, Partial<Readonly<Record<`d${StateName}`, Tensor>>> {
  readonly stateNames: readonly string[];
  getState(): Partial<Readonly<Record<StateName, Tensor>>> | undefined;
  setState(...state: Tensor[]): void;
  resetState(): void;
}

interface RecurrentUnderTest {
  readonly make: (weights: readonly Tensor[], options: { stateful: boolean }) => RecurrentLayer;
  /** Which of the layer's kinds it is, in words. */
  readonly kind?: string;
  /** The shapes of its weights, in the constructor's order, as error messages give them; D is 3. */
  readonly weights: Readonly<Record<string, readonly (number | 'D')[]>>;
  /** The sizes of what goes from step to step, in the order of `setState`. */
  readonly states: Readonly<Partial<Record<StateName, number>>>;
  /** Numbers from PyTorch. */
  readonly fixture: ConstructorParameters<typeof FixtureTensors>[0];
}

/** The weights Wx, Wh and b of a hidden size of 4, with so many gates side by side. */
export function gateWeights(gates: number): RecurrentUnderTest['weights'] {
  return { Wx: ['D', gates * 4], Wh: [4, gates * 4], b: [gates * 4] };
}

/** What all recurrent layers have in common, for inputs of size 3. */
export function describeRecurrent(
  name: string,
  { make, kind, weights: patterns, states: sizes, fixture }: RecurrentUnderTest,
): void {
  const D = 3;
  const title = kind ? `${name}, ${kind}` : name;
  const states = Object.keys(sizes) as StateName[];
  const [first] = states;
  const both = states.join(' and ');
  const weightShapes = Object.values(patterns).map((pattern) =>
    pattern.map((length) => (length === 'D' ? D : length)),
  );

  for (const stateful of [false, true]) {
    describeLayer(`${title}, ${stateful ? 'stateful' : 'not stateful'}`, {
      backend: () => new ReferenceBackend(),
      make: (weights) =>
        make(
          weightShapes.map((shape) => weights(...shape)),
          { stateful },
        ),
      input: (N, T) => [N, T, D],
    });
  }

  describe.each(precisions)(`${title}, against PyTorch, in $dtype`, ({ dtype, forward, gradient }) => {
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
        expect(await layer[`d${state}`]?.read(), state).toBeAllClose(
          given.expected(`d${state}0${block}`),
          gradient,
        );
      }
    }

    function makeFrom(given: FixtureTensors, stateful: boolean): RecurrentLayer {
      return make(given.inputs(...Object.keys(patterns)), { stateful });
    }

    it('agrees on a block that begins with zeros', async () => {
      const given = new FixtureTensors(fixture, 'zero-initial-state', dtype);
      await holdBlock(makeFrom(given, false), given, '');
    });

    it(`agrees on a block that begins with a given ${both}`, async () => {
      const given = new FixtureTensors(fixture, 'given-initial-state', dtype);
      const layer = makeFrom(given, true);
      layer.setState(...given.inputs(...states.map((state) => `${state}0`)));
      await holdBlock(layer, given, '');
    });

    it('agrees on two blocks, the second from where the first ended', async () => {
      const given = new FixtureTensors(fixture, 'two-blocks', dtype);
      const layer = makeFrom(given, true);
      await holdBlock(layer, given, '1');
      await holdBlock(layer, given, '2');
    });
  });

  describe(`${title}, between blocks`, () => {
    const backend = new ReferenceBackend();
    const random = new Random(3);
    const draw = (...shape: number[]) => randn(backend, shape, random, 0.5, 'f64');
    const weights = weightShapes.map((shape) => draw(...shape));
    const layerOf = (stateful: boolean) => make(weights, { stateful });
    const drawState = (N: number) => states.map((state) => draw(N, sizes[state] as number));
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
      const hs = layerOf(false).forward(xs);
      const [whole, H] = [await hs.read(), hs.shape[2]];
      const layer = layerOf(true);
      const [first, second] = [copy(xs.slice(0, 4)), copy(xs.slice(4, 7))];
      const halves = [await layer.forward(first).read(), await layer.forward(second).read()];
      const steps = (half: ArrayLike<number>, T: number, n: number) =>
        Array.from(half).slice(n * T * H, (n + 1) * T * H);
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
      layer.setState(...saved);
      expect(await layer.forward(xs).read()).toEqual(expected);
    });

    it('keeps a copy of a state that is set: changing it afterwards does not show', async () => {
      const layer = layerOf(true);
      const given = drawState(2);
      layer.setState(...given);
      const before = await readState(layer);
      for (const state of given) backend.fill(state, 9);
      expect(await readState(layer)).toEqual(before);
    });

    it('has no state before the first block', () => {
      expect(layerOf(true).getState()).toBeUndefined();
    });

    it('names its states in the order of setState', () => {
      const layer = layerOf(true);
      layer.forward(draw(2, 3, D));
      expect(layer.stateNames).toEqual(states);
      expect(Object.keys(layer.getState() ?? {})).toEqual(states);
    });

    it('refuses a state when it is not stateful', () => {
      expect(() => layerOf(false).setState(...drawState(2))).toThrow(
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
          `${name}.forward: expected a batch of 3, to which the carried ${first} belongs, got 2; call resetState() to begin anew or setState() with a state for 2`,
        ),
      );
      expect(await readState(layer)).toEqual(kept);
      layer.resetState();
      expect(layer.forward(smaller).shape.slice(0, 2)).toEqual([2, 2]);
    });

    it('refuses to show a gradient of its state before backward', () => {
      const layer = layerOf(true);
      layer.forward(draw(2, 2, D));
      for (const state of states) {
        expect(() => layer[`d${state}`]).toThrow(new StateError(`${name}.d${state}: call backward first`));
      }
    });

    it('says which shape it expected and which one came', () => {
      const layer = layerOf(true);
      layer.forward(draw(2, 3, D));
      expect(() => layer.forward(draw(2, 3, 5))).toThrow(
        `${name}.forward: expected xs (N, T, 3), got (2, 3, 5)`,
      );
      expect(() => layer.forward(draw(2, 3))).toThrow(`${name}.forward: expected xs (N, T, 3), got (2, 3)`);
      const [wide, ...others] = drawState(2);
      const wider = draw(2, wide.cols + 1);
      expect(() => layer.setState(wider, ...others)).toThrow(
        `${name}.setState: expected ${first} (N, ${wide.cols}), got (2, ${wider.cols})`,
      );
      for (const [i, [weight, pattern]] of Object.entries(patterns).entries()) {
        const shape = [...weightShapes[i].slice(0, -1), weights[i].cols + 1];
        const given = weights.map((fits, j) => (i === j ? draw(...shape) : fits));
        expect(() => make(given, { stateful: false })).toThrow(
          `${name}: expected ${weight} (${pattern.join(', ')}), got (${shape.join(', ')})`,
        );
      }
    });

    it('refuses an upstream gradient of another shape', () => {
      const layer = layerOf(false);
      const H = layer.forward(draw(2, 3, D)).cols;
      expect(() => layer.backward(draw(2, 4, H))).toThrow(
        `${name}.backward: expected dhs (2, 3, ${H}), got (2, 4, ${H})`,
      );
    });
  });
}
