import { CheckpointError } from '@unroll/checkpoint';
import { describe, expect, it } from 'vitest';
import { onnxRuntime } from '../test/onnx-runtime.ts';
import { randomModel } from '../test/random-model.ts';
import { type Block, difference, randomBlocks, runModel } from '../test/run-model.ts';
import { toOnnx } from './to-onnx.ts';

const lstm = { model: 'rnnlm', vocabSize: 50, wordvecSize: 12, hiddenSize: 16 };
const rnn = { ...lstm, model: 'simple-rnnlm' };
const { ort } = onnxRuntime;

/** The scores that ONNX Runtime computes, with the state carried from block to block, and the state at the end. */
async function runOnnx(file: Uint8Array, hiddenSize: number, blocks: readonly Block[]) {
  if (!ort) throw new Error('these tests should have been skipped');
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1 });
  const names = session.inputNames.filter((name) => name !== 'ids');
  const { N } = blocks[0];
  const zeros = () => new ort.Tensor('float32', new Float32Array(N * hiddenSize), [1, N, hiddenSize]);
  let state = Object.fromEntries(names.map((name) => [name, zeros()]));
  const scores: Float32Array[] = [];
  for (const { T, ids } of blocks) {
    const feed = { ids: new ort.Tensor('int64', BigInt64Array.from(ids.map(BigInt)), [N, T]), ...state };
    const outputs = await session.run(feed);
    expect(outputs.logits.dims.slice(0, 2)).toEqual([N, T]);
    scores.push(outputs.logits.data as Float32Array);
    state = Object.fromEntries(names.map((name) => [name, outputs[`${name}_out`] as typeof state.h]));
  }
  await session.release();
  return { scores, state };
}

describe.each([lstm, rnn])('the ONNX file of $model', (config) => {
  describe.skipIf(!ort)(`in ${onnxRuntime.title}`, () => {
    it.each([
      ['1,000 steps, one after the other', randomBlocks(1000, 1, 1, 50)],
      ['blocks of several rows and steps', randomBlocks(20, 3, 7, 50)],
      ['blocks of different lengths', [...randomBlocks(1, 2, 9, 50), ...randomBlocks(3, 2, 1, 50, 8)]],
    ])('gives the scores of our model over %s, with the state carried', async (_, blocks) => {
      const { model, tensors } = randomModel(config);
      const theirs = await runOnnx(toOnnx(config, tensors), config.hiddenSize, blocks);
      const { most, otherTop } = difference(await runModel(model, blocks), theirs.scores, config.vocabSize);
      expect(otherTop).toBe(0);
      expect(most).toBeLessThan(1e-5);
    });

    it('gives the state after the block that our model has', async () => {
      const { model, tensors } = randomModel(config);
      const blocks = randomBlocks(2, 3, 5, 50);
      const { state } = await runOnnx(toOnnx(config, tensors), config.hiddenSize, blocks);
      await runModel(model, blocks);
      const ours = [...(await model.getState())];
      expect(Object.keys(state)).toEqual(ours.map(([name]) => name.split('.')[1]));
      for (const [name, { data }] of ours) {
        const theirs = state[name.split('.')[1]].data as Float32Array;
        expect(difference([Float32Array.from(data)], [theirs], config.hiddenSize).most).toBeLessThan(1e-5);
      }
    });

    it('says its inputs and outputs, with free N and T', async () => {
      const session = await ort?.InferenceSession.create(toOnnx(config, randomModel(config).tensors));
      const state = config === lstm ? ['h', 'c'] : ['h'];
      const shapes = (metadata: readonly { name: string }[] = []) =>
        metadata.map((value) => [value.name, 'shape' in value && value.shape]);
      expect(shapes(session?.inputMetadata)).toEqual([
        ['ids', ['N', 'T']],
        ...state.map((name) => [name, [1, 'N', 16]]),
      ]);
      expect(shapes(session?.outputMetadata)).toEqual([
        ['logits', ['N', 'T', 50]],
        ...state.map((name) => [`${name}_out`, [1, 'N', 16]]),
      ]);
      await session?.release();
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
    expect(file.length).toBeLessThan(weightBytes + 4 * 4 * config.hiddenSize + 4096);
  });

  it('is refused from 2 GiB on, before any weight is looked at', () => {
    const large = { ...config, vocabSize: 5_000_000, wordvecSize: 100, hiddenSize: 100 };
    expect(() => toOnnx(large, new Map())).toThrow(CheckpointError);
    expect(() => toOnnx(large, new Map())).toThrow('expected weights of less than 2 GiB');
  });
});

describe('toOnnx', () => {
  it('refuses weights that are not those of the configuration', () => {
    const { tensors } = randomModel(lstm);
    expect(() => toOnnx(rnn, tensors)).toThrow(
      'lacks "rnn.Wx", "rnn.Wh", "rnn.b" and has "lstm.Wx", "lstm.Wh", "lstm.b" besides',
    );
    expect(() => toOnnx({ ...lstm, hiddenSize: 17 }, tensors)).toThrow(
      'toOnnx: "lstm.Wx": expected the shape (12, 68), got (12, 64)',
    );
  });

  it.each(['gru', '__proto__', 'constructor'])('refuses the model %s', (model) => {
    expect(() => toOnnx({ ...lstm, model }, new Map())).toThrow(
      `toOnnx: expected a model that is one of rnnlm, simple-rnnlm, got "${model}"`,
    );
  });
});
