import { CheckpointError } from '@unroll/checkpoint';
import { type LanguageModel, Rnnlm } from '@unroll/rnnlm';
import { MemoryError, ReferenceBackend } from '@unroll/tensor';
import type { Tokenizer } from '@unroll/text';
import { describe, expect, it } from 'vitest';
import { architectures, huggingFace, make, scores, TEXT, tokenizers } from '../test/saved.ts';
import { packDescription, packModel } from './pack-model.ts';
import { unpackModel } from './unpack-model.ts';

describe('a model as bytes', () => {
  it.each(architectures)('comes back as it was: $model', async (architecture) => {
    const before = make(tokenizers[0], architecture);
    const { model } = await unpackModel(await packModel(before, tokenizers[0]), {
      backend: new ReferenceBackend(),
    });
    expect(model.config).toEqual(before.config);
    expect(model.training).toBe(false);
    expect(await scores(model)).toEqual(await scores(before));
  });

  it.each(tokenizers)('brings its tokenizer: $kind', async (tokenizer) => {
    const files = await packModel(make(tokenizer), tokenizer);
    const again = await unpackModel(files, { backend: new ReferenceBackend(), huggingFace });
    expect(again.tokenizer.kind).toBe(tokenizer.kind);
    expect(again.tokenizer.vocabulary.tokens).toEqual(tokenizer.vocabulary.tokens);
    expect(again.tokenizer.encode(TEXT)).toEqual(tokenizer.encode(TEXT));
    expect(files.has('tokenizer.json')).toBe(tokenizer.toJSON !== undefined);
  });

  it('has the same bytes each time, and none of the file beside it matters', async () => {
    const files = await packModel(make(), tokenizers[0]);
    expect(await packModel(make(), tokenizers[0])).toEqual(files);
    const more = new Map([...files, ['notes.txt', Uint8Array.of(1)], ['tokenizer.json', Uint8Array.of(1)]]);
    await expect(unpackModel(more, { backend: new ReferenceBackend() })).resolves.toBeDefined();
  });

  it('has weights of 32 bits, or of 64 where they are asked for', async () => {
    const [backend, { size }] = [new ReferenceBackend(), tokenizers[0].vocabulary];
    const before = new Rnnlm({
      backend,
      vocabSize: size,
      wordvecSize: 2,
      hiddenSize: 2,
      seed: 1,
      dtype: 'f64',
    });
    const files = await packModel(before, tokenizers[0]);
    const [same, less] = [
      await unpackModel(files, { backend, dtype: 'f64' }),
      await unpackModel(files, { backend }),
    ];
    const numbers = await before.params[0].value.read();
    expect(await same.model.params[0].value.read()).toEqual(numbers);
    expect(await less.model.params[0].value.read()).toEqual(Float32Array.from(numbers));
  });

  it('is whole without the weights, too', async () => {
    const files = await packModel(make(tokenizers[2]), tokenizers[2]);
    files.delete('model.safetensors');
    expect(packDescription(make(tokenizers[2]), tokenizers[2])).toEqual(files);
  });
});

describe('what could not be loaded again is not packed', () => {
  it.each<[what: string, model: LanguageModel, tokenizer: Tokenizer, message: string]>([
    [
      'the tokenizer of another model',
      make(tokenizers[0]),
      tokenizers[1],
      'expected a tokenizer of its 8 tokens, got one of 14',
    ],
    [
      'more layers than a file may ask for',
      make(tokenizers[0], { ...architectures[3], wordvecSize: 1, hiddenSize: 1, layers: 101 }),
      tokenizers[0],
      'expected layers to be a whole number from 1 to 100, got 101',
    ],
  ])('%s', async (_, model, tokenizer, message) => {
    await expect(packModel(model, tokenizer)).rejects.toThrow(CheckpointError);
    await expect(packModel(model, tokenizer)).rejects.toThrow(message);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('a weight that is %d', async (weight) => {
    const model = make();
    const { value } = model.params[2];
    value.write((await value.read()).fill(weight, 1, 2));
    await expect(packModel(model, tokenizers[0])).rejects.toThrow(
      `expected numbers in "${model.params[2].name}"`,
    );
  });
});

/** Has room for so many tensors and no more. */
class SmallBackend extends ReferenceBackend {
  #left: number;

  constructor(tensors: number) {
    super();
    this.#left = tensors;
  }

  override allocate(...what: Parameters<ReferenceBackend['allocate']>) {
    if (this.#left-- === 0) throw new MemoryError('SmallBackend: expected room for one more');
    return super.allocate(...what);
  }
}

describe('a backend without enough room', () => {
  it('says so itself, and is as empty as before', async () => {
    const files = await packModel(make(), tokenizers[0]);
    for (let tensors = 0; tensors < 12; tensors++) {
      const backend = new SmallBackend(tensors);
      await expect(unpackModel(files, { backend })).rejects.toThrow(MemoryError);
      expect(backend.bytes, `${tensors} tensors`).toBe(0);
    }
  });
});

describe('bytes that are no model', () => {
  const config = (change: object) => (text: string) => JSON.stringify({ ...JSON.parse(text), ...change });

  it.each<[what: string, name: string, change: undefined | ((text: string) => string), message: string]>([
    [
      'no weights',
      'model.safetensors',
      undefined,
      'expected a file model.safetensors of a model folder, got config.json, vocab.json',
    ],
    [
      'no config',
      'config.json',
      undefined,
      'expected a file config.json of a model folder, got vocab.json, model.safetensors',
    ],
    ['no object', 'config.json', () => 'null', 'config.json: expected a JSON object, got null'],
    [
      'no sizes',
      'config.json',
      () => '{"model":"rnnlm"}',
      'config.json: expected vocabSize to be a whole number from 1, got undefined',
    ],
    [
      'another vocabulary',
      'vocab.json',
      () => '["a"]',
      'vocab.json has 1 tokens; they belong to different models',
    ],
    [
      'another size',
      'config.json',
      config({ hiddenSize: 3 }),
      'config.json expects lstm.Wx (3, 12), model.safetensors has (3, 16); they belong to different models',
    ],
    [
      'a size for which there is no memory',
      'config.json',
      config({ wordvecSize: 1e9 }),
      'config.json expects embed.W (8, 1000000000), model.safetensors has (8, 3)',
    ],
    [
      'a setting that the model has not',
      'config.json',
      config({ layers: 2 }),
      'config.json: createModel: expected layers with stacked-rnnlm alone',
    ],
    ['another model', 'config.json', config({ model: 'simple-rnnlm' }), 'they belong to different models'],
    [
      'a tokenizer of byte pairs without its file',
      'config.json',
      config({ tokenizer: 'bpe' }),
      'tokenizer.json: expected the file, which the tokenizer bpe needs, got none',
    ],
    ['a tokenizer of characters with words', 'config.json', config({ tokenizer: 'char' }), 'vocab.json: '],
    ['nonsense for weights', 'model.safetensors', () => 'nonsense', 'model.safetensors: '],
  ])('are refused with %s', async (_, name, change, message) => {
    const backend = new ReferenceBackend();
    const files = await packModel(make(), tokenizers[0]);
    const text = new TextDecoder().decode(files.get(name));
    if (change) files.set(name, new TextEncoder().encode(change(text)));
    else files.delete(name);
    const error = await unpackModel(files, { backend }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CheckpointError);
    expect((error as Error).message).toContain(message);
    expect(backend.bytes).toBe(0);
  });

  it('are refused with a weight that is no number, and leave no memory behind', async () => {
    const backend = new ReferenceBackend();
    const files = await packModel(make(), tokenizers[0]);
    const weights = files.get('model.safetensors') ?? new Uint8Array();
    new DataView(weights.buffer).setFloat32(weights.length - 4, Number.NaN, true);
    await expect(unpackModel(files, { backend })).rejects.toThrow(/^model\.safetensors: .*got NaN/);
    expect(backend.bytes).toBe(0);
  });

  it('with a tokenizer of another tool need what reads it, and the tokens that the model has', async () => {
    const [backend, tokenizer] = [new ReferenceBackend(), tokenizers[3]];
    const files = await packModel(make(tokenizer), tokenizer);
    await expect(unpackModel(files, { backend })).rejects.toThrow('give the option huggingFace to read it');
    await expect(unpackModel(files, { backend, huggingFace: async () => tokenizers[0] })).rejects.toThrow(
      'tokenizer.json: expected the 4 tokens of vocab.json, got 8; they belong to different models',
    );
    const json = new TextDecoder().decode(files.get('tokenizer.json'));
    const others = new Map(files).set('tokenizer.json', new TextEncoder().encode(json.replace('sat', 'ate')));
    await expect(unpackModel(others, { backend, huggingFace })).rejects.toThrow(
      'tokenizer.json: expected the 4 tokens of vocab.json, got others from id 3',
    );
    await expect(
      unpackModel(files, { backend, huggingFace: () => Promise.reject(new Error('no such package')) }),
    ).rejects.toThrow(/^no such package$/);
    files.set('tokenizer.json', new TextEncoder().encode('[]'));
    await expect(unpackModel(files, { backend, huggingFace })).rejects.toThrow('tokenizer.json: ');
  });
});
