import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paramsToArrays, serializeSafetensors } from '@unroll/checkpoint';
import { writeModelFolder } from '@unroll/checkpoint/node';
import { Rnnlm } from '@unroll/rnnlm';
import { ReferenceBackend } from '@unroll/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSource } from './run-source.ts';

let root: string;
let folders = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'unroll-malformed-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A folder with a model that is as it should be. */
async function modelFolder(): Promise<string> {
  const folder = join(root, `model-${++folders}`);
  const model = new Rnnlm({ backend: new ReferenceBackend(), vocabSize: 3, wordvecSize: 2, hiddenSize: 2 });
  await writeModelFolder(folder, {
    config: { ...model.config, tokenizer: 'char' },
    vocab: ['a', 'b', '\n'],
    tensors: await paramsToArrays(model.params),
  });
  return folder;
}

type Files = Readonly<Record<string, string | Uint8Array>>;

async function write(folder: string, files: Files): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}
const newFolder = (files: Files) => write(join(root, `folder-${++folders}`), files);

/** A safetensors file by its header. */
function safetensors(header: string, dataBytes: number, claimed = BigInt(header.length)): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimed);
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(dataBytes)]);
}
const tensor = (begin: number, end: number) => ({ dtype: 'F32', shape: [2], data_offsets: [begin, end] });
const nan = { dtype: 'f32' as const, shape: [2], data: Float32Array.of(Number.NaN, 1) };

/** The command ends with this code and without a stack, and its last words name the file. */
async function expectRefusal(
  args: readonly string[],
  code: number,
  ...pieces: readonly string[]
): Promise<void> {
  const outcome = await runSource('unroll.ts', args);
  expect(outcome.stderr).not.toMatch(/^\s+at /m);
  for (const piece of pieces) expect(outcome.stderr).toContain(piece);
  expect(outcome.code).toBe(code);
}

describe('unroll inspect', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'expected at least 8 bytes'],
    ['a file that is cut off', safetensors(JSON.stringify({ a: tensor(0, 8) }), 7), 'bytes by the header'],
    ['a header of 2^64 - 1 bytes', safetensors('{}', 0, 2n ** 64n - 1n), 'it claims 18446744073709551615'],
    [
      'tensors that overlap',
      safetensors(JSON.stringify({ a: tensor(0, 8), b: tensor(4, 12) }), 12),
      'expected data from byte 8',
    ],
    ['__proto__ twice', safetensors('{"__proto__":{},"__proto__":{}}', 0), 'tensor "__proto__"'],
  ])('refuses %s with exit code 3', async (_, bytes, message) => {
    const folder = await newFolder({ 'x.safetensors': bytes });
    await expectRefusal(
      ['inspect', join(folder, 'x.safetensors')],
      3,
      join(folder, 'x.safetensors'),
      message,
    );
  });

  it('refuses 2 GB of zeros with exit code 3', async () => {
    const path = join(await newFolder({ 'x.safetensors': '' }), 'x.safetensors');
    await truncate(path, 2 ** 31);
    await expectRefusal(['inspect', path], 3, path, "does not begin with '{'");
  });

  it.each([
    ['a file outside of its folder', '{"files":{"../../x":{}}}', 'expected plain names'],
    ['half of it', '{"files":{', 'expected JSON in UTF-8'],
  ])('refuses a checkpoint whose list has %s with exit code 3', async (_, manifest, message) => {
    const folder = await newFolder({ 'snapshot.json': manifest });
    await expectRefusal(['inspect', folder], 3, join(folder, 'snapshot.json'), message);
  });
});

describe('unroll generate', () => {
  const config = (change: object) =>
    JSON.stringify({
      ...{ model: 'rnnlm', vocabSize: 3, wordvecSize: 2, hiddenSize: 2, tokenizer: 'char' },
      ...change,
    });
  it.each([
    ['an array', 'config.json', '[]', 'expected a JSON object'],
    ['brackets without end', 'config.json', '['.repeat(1_000_000), 'nested too deeply'],
    ['no hidden size', 'config.json', config({ hiddenSize: null }), 'expected hiddenSize'],
    ['__proto__ as its model', 'config.json', config({ model: '__proto__' }), 'expected model'],
    ['more tokens than there are', 'config.json', config({ vocabSize: 9 }), 'expects a vocabulary of 9'],
    ['a token twice', 'vocab.json', '["a","b","a"]', 'has two ids'],
    [
      '30 MB of arrays',
      'vocab.json',
      `[${'[],'.repeat(10_000_000)}[]]`,
      'expected every token to be a string',
    ],
    [
      '6 MB of objects',
      'tokenizer.json',
      `[${'{},'.repeat(2_000_000)}{}]`,
      'expected at most 4000000 values',
    ],
    ['zeros', 'model.safetensors', Buffer.alloc(100), "does not begin with '{'"],
    ['a tensor of NaN', 'model.safetensors', serializeSafetensors([['embed.W', nan]]), 'embed.W'],
  ])('refuses a model with %s in its %s with exit code 3', async (_, name, content, message) => {
    const folder = await write(await modelFolder(), { [name]: content });
    await expectRefusal(['generate', folder, '--tokens', '3'], 3, folder, message);
  });
});

describe('unroll evaluate', () => {
  it.each([
    ['nothing', '', 'is empty'],
    ['UTF-16', Buffer.from('\ufeffab', 'utf16le'), 'UTF-16'],
    ['a NUL', 'ab\0', 'NUL byte at offset 2'],
    ['a byte that is no UTF-8', Buffer.from([0x61, 0xff]), '0xFF at offset 1'],
  ])('refuses a text of %s with exit code 3', async (_, content, message) => {
    const path = join(await newFolder({ 'text.txt': content }), 'text.txt');
    await expectRefusal(['evaluate', await modelFolder(), '--data', path], 3, path, message);
  });
});

describe('unroll train', () => {
  it.each([
    ['a value within itself', 'out: &a [*a]', 'stands within what it names'],
    ['__proto__ as a group', '{"__proto__":{"polluted":1}}', 'there is no setting __proto__'],
    ['brackets without end', '['.repeat(30_000), 'not YAML (or JSON)'],
    ['a megabyte', '#'.repeat(2 ** 20), 'characters beside lists of paths, got 1048576'],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe]), 'expected UTF-8 text'],
  ])('refuses a configuration of %s with exit code 2', async (_, content, message) => {
    const path = join(await newFolder({ 'my.yaml': content }), 'my.yaml');
    await expectRefusal(['train', '--config', path], 2, path, message);
  });

  it('refuses --set __proto__.polluted=1 with exit code 2', async () => {
    await expectRefusal(
      ['train', '--set', '__proto__.polluted=1'],
      2,
      '--set',
      'there is no setting __proto__',
    );
  });

  it('refuses a tokenizer that is none with exit code 3', async () => {
    const folder = await newFolder({
      'tokenizer.json': '{"model":null}',
      'text.txt': 'some text\n'.repeat(100),
    });
    const [path, text] = [join(folder, 'tokenizer.json'), join(folder, 'text.txt')];
    const args = [
      '--data',
      text,
      '--tokenizer',
      'file',
      '--tokenizer-file',
      path,
      '--out',
      join(folder, 'run'),
    ];
    await expectRefusal(['train', ...args], 3, path);
  });
});

describe('the folder of a run', () => {
  it.each([
    ['half of run.json', '{"version":2,', 'expected JSON in UTF-8'],
    ['a run.json of another version', '{"version":3}', 'expected version 2, got 3'],
    [
      '__proto__ among its settings',
      '{"version":2,"dataSha256":"","settings":{"__proto__":{"x":1}}}',
      'there is no setting __proto__',
    ],
  ])('with %s is refused by unroll resume with exit code 3', async (_, content, message) => {
    const folder = await newFolder({ 'run.json': content });
    await expectRefusal(['resume', folder], 3, join(folder, 'run.json'), message);
  });

  it('with a broken line is refused by unroll report with exit code 3', async () => {
    const folder = await newFolder({ 'metrics.jsonl': '{"step":1,"epoch":1,"loss":"NaN"}\n' });
    await expectRefusal(
      ['report', folder],
      3,
      join(folder, 'metrics.jsonl'),
      'line 1: expected a number as loss',
    );
  });
});

describe('unroll import', () => {
  it('refuses weights of another module with exit code 3', async () => {
    const folder = await newFolder({
      'x.safetensors': serializeSafetensors([['__proto__', nan]]),
      'vocab.json': '["a"]',
    });
    const path = join(folder, 'x.safetensors');
    await expectRefusal(['import', path, '--out', join(folder, 'out')], 3, path, 'has "__proto__" besides');
  });
});
