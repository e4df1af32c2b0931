import { CheckpointError } from '@unroll/checkpoint';
import { describe, expect, it } from 'vitest';
import {
  betterRnnlm,
  forOnnx,
  gruStack,
  projectedStack,
  rnnlm,
  simpleRnnlm,
  stackOfOne,
  tiedStack,
} from '../test/models.ts';
import { onnxRuntime } from '../test/onnx-runtime.ts';
import { randomModel } from '../test/random-model.ts';
import { type Block, difference, randomBlocks, runModel } from '../test/run-model.ts';
import { toOnnx } from './to-onnx.ts';

const { ort } = onnxRuntime;

/** The scores that ONNX Runtime computes, with the state carried from block to block, and the state at the end. */
async function runOnnx(file: Uint8Array, blocks: readonly Block[]) {
  if (!ort) throw new Error('these tests should have been skipped');
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1 });
  const sizes = sizesOf(session.inputMetadata).filter(([name]) => name !== 'ids');
  const names = sizes.map(([name]) => name);
  const { N } = blocks[0];
  const zeros = (H: number) => new ort.Tensor('float32', new Float32Array(N * H), [1, N, H]);
  let state = Object.fromEntries(sizes.map(([name, shape]) => [name, zeros(Number(shape[2]))]));
  const scores: Float32Array[] = [];
  for (const { T, ids } of blocks) {
    const feed = { ids: new ort.Tensor('int64', BigInt64Array.from(ids.map(BigInt)), [N, T]), ...state };
    const outputs = await session.run(feed);
    expect(outputs.logits.dims.slice(0, 2)).toEqual([N, T]);
    scores.push(outputs.logits.data as Float32Array);
    state = Object.fromEntries(names.map((name) => [name, outputs[`${name}_out`] as (typeof state)[string]]));
  }
  await session.release();
  return { scores, state };
}

const sizesOf = (metadata: readonly { name: string }[]) =>
  metadata.map(
    (value) => [value.name, 'shape' in value ? (value.shape as (string | number)[]) : []] as const,
  );

/** `lstm1.c` as ONNX has it: `c1`, or `c` if there is one layer. */
const nameInOnnx = (name: string, layers = 1) => {
  const [layer, part] = name.split('.');
  return layers === 1 ? part : `${part}${layer.at(-1)}`;
};

describe.each(forOnnx)('the ONNX file of a %s', (_, config) => {
  describe.skipIf(!ort)(`in ${onnxRuntime.title}`, () => {
    it.each([
      ['1,000 steps, one after the other', randomBlocks(1000, 1, 1, 50)],
      ['blocks of several rows and steps', randomBlocks(20, 3, 7, 50)],
      ['blocks of different lengths', [...randomBlocks(1, 2, 9, 50), ...randomBlocks(3, 2, 1, 50, 8)]],
    ])('gives the scores of our model over %s, with the state carried', async (_, blocks) => {
      const { model, tensors } = randomModel(config);
      const theirs = await runOnnx(toOnnx(config, tensors), blocks);
      const { most, otherTop } = difference(await runModel(model, blocks), theirs.scores, config.vocabSize);
      expect(otherTop).toBe(0);
      expect(most).toBeLessThan(1e-5);
    });

    it('gives the state after the block that our model has', async () => {
      const { model, tensors } = randomModel(config);
      const blocks = randomBlocks(2, 3, 5, 50);
      const { state } = await runOnnx(toOnnx(config, tensors), blocks);
      await runModel(model, blocks);
      const layers = model.config.model === 'better-rnnlm' ? 2 : config.layers;
      const ours = [...(await model.getState())].map(
        ([name, value]) => [nameInOnnx(name, layers), value] as const,
      );
      expect(Object.keys(state)).toEqual(ours.map(([name]) => name));
      for (const [name, { shape, data }] of ours) {
        expect(state[name].dims).toEqual([1, ...shape]);
        const theirs = state[name].data as Float32Array;
        expect(difference([Float32Array.from(data)], [theirs], shape[1]).most).toBeLessThan(1e-5);
      }
    });
  });

  it('is the same for weights in double precision', async () => {
    const { tensors } = randomModel(config);
    const doubled = new Map(
      [...tensors].map(([name, { shape, data }]) => [
        name,
        { dtype: 'f64' as const, shape, data: Float64Array.from(data) },
      ]),
    );
    expect(toOnnx(config, doubled)).toEqual(toOnnx(config, tensors));
  });

  it('is the same for the same weights, and has them and a little more', () => {
    const { tensors } = randomModel(config);
    const file = toOnnx(config, tensors);
    expect(toOnnx(config, new Map([...tensors].reverse()))).toEqual(file);
    const weightBytes = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    expect(file.length).toBeGreaterThan(weightBytes);
    const layers = [...tensors.keys()].filter((name) => name.endsWith('.Wh')).length;
    expect(file.length).toBeLessThan(weightBytes + layers * 4 * 4 * config.hiddenSize + 4096);
  });

  it('is refused from 2 GiB on, before any weight is looked at', () => {
    const large = { ...config, vocabSize: 6_000_000, wordvecSize: 100, hiddenSize: 100 };
    expect(() => toOnnx(large, new Map())).toThrow(CheckpointError);
    expect(() => toOnnx(large, new Map())).toThrow('expected weights of less than 2 GiB');
  });
});

describe.skipIf(!ort)(`inputs and outputs in ${onnxRuntime.title}`, () => {
  it.each([
    ['rnnlm', rnnlm, { h: 16, c: 16 }],
    ['simple-rnnlm', simpleRnnlm, { h: 16 }],
    ['stack of one layer', stackOfOne, { h: 16, c: 16 }],
    ['better-rnnlm', betterRnnlm, { h1: 16, c1: 16, h2: 16, c2: 16 }],
    ['stack whose last layer has the size of the word vectors', tiedStack, { h1: 16, h2: 12 }],
  ])('of a %s have free N and T, and each layer its state', async (_, config, state) => {
    const session = await ort?.InferenceSession.create(toOnnx(config, randomModel(config).tensors));
    const shapes = Object.entries(state).map(([name, H]) => [name, [1, 'N', H]] as const);
    expect(sizesOf(session?.inputMetadata ?? [])).toEqual([['ids', ['N', 'T']], ...shapes]);
    expect(sizesOf(session?.outputMetadata ?? [])).toEqual([
      ['logits', ['N', 'T', 50]],
      ...shapes.map(([name, shape]) => [`${name}_out`, shape]),
    ]);
    await session?.release();
  });
});

describe('toOnnx', () => {
  it('refuses weights that are not those of the configuration', () => {
    const { tensors } = randomModel(rnnlm);
    expect(() => toOnnx(simpleRnnlm, tensors)).toThrow(
      'lacks "rnn.Wx", "rnn.Wh", "rnn.b" and has "lstm.Wx", "lstm.Wh", "lstm.b" besides',
    );
    expect(() => toOnnx({ ...rnnlm, hiddenSize: 17 }, tensors)).toThrow(
      'toOnnx: "lstm.Wx": expected the shape (12, 68), got (12, 64)',
    );
    const stack = randomModel(projectedStack).tensors;
    expect(() => toOnnx({ ...projectedStack, layers: 2 }, stack)).toThrow(
      'has "lstm3.Wx", "lstm3.Wh", "lstm3.b"',
    );
    expect(() => toOnnx({ ...projectedStack, head: 'affine' }, stack)).toThrow(
      'lacks "affine.W" and has "projection.W" besides',
    );
  });

  it('has the matrix of a tied output once', () => {
    const [tied, affine] = (['tied', 'affine'] as const).map((head) => {
      const config = { ...tiedStack, wordvecSize: 16, vocabSize: 5000, head };
      return toOnnx(config, randomModel(config).tensors).length;
    });
    expect(affine - tied).toBeGreaterThan(0.99 * 4 * 5000 * 16);
  });

  it.each(['gru', '__proto__', 'constructor'])('refuses the model %s', (model) => {
    expect(() => toOnnx({ ...rnnlm, model }, new Map())).toThrow(
      `toOnnx: expected a model that is one of rnnlm, simple-rnnlm, better-rnnlm, stacked-rnnlm, got "${model}"`,
    );
  });

  it.each(['min-gru', 'qrnn', 'capped-lstm', 'coupled-lstm', 'projected-lstm', '__proto__'])(
    'refuses the cell %s, and says what goes where',
    (cell) => {
      expect(() => toOnnx({ ...gruStack, cell }, new Map())).toThrow(CheckpointError);
      expect(() => toOnnx({ ...gruStack, cell }, new Map())).toThrow(
        `toOnnx: expected a cell that is one of lstm, rnn, gru, got "${cell}". ` +
          'PyTorch takes lstm, rnn; ONNX takes lstm, rnn, gru; npz takes every model.',
      );
    },
  );

  it.each([
    [{ layers: 0 }, 'layers to be a whole number from 1 to 1000, got 0'],
    [{ layers: 2 ** 40 }, 'layers to be a whole number from 1 to 1000, got 1099511627776'],
    [{ layers: '2' }, 'layers to be a whole number from 1 to 1000, got "2"'],
    [{ head: 'toString' }, 'head to be one of affine, tied, projected, got "toString"'],
    [{ layerNorm: 'false' }, 'layerNorm to be true or false, got "false"'],
    [{ cell: null }, 'a cell that is one of lstm, rnn, gru, got null'],
    [{ hiddenSize: -1 }, 'hiddenSize to be a whole number from 1, got -1'],
    [{ model: 'better-rnnlm', hiddenSize: 17 }, 'hiddenSize to be wordvecSize, 12, since'],
  ])('refuses a configuration with %j', (wrong, message) => {
    const config = { ...gruStack, ...wrong } as typeof gruStack;
    expect(() => toOnnx(config, new Map())).toThrow(CheckpointError);
    expect(() => toOnnx(config, new Map())).toThrow('toOnnx: expected');
    expect(() => toOnnx(config, new Map())).toThrow(message);
  });

  it('shows the beginning of a name that would flood a terminal', () => {
    const model = 'x'.repeat(1e6);
    expect(() => toOnnx({ ...rnnlm, model }, new Map())).toThrow(`got "${'x'.repeat(79)}. Other models`);
  });
});
