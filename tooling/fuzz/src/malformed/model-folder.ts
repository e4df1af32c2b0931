import { parseConfig, parseVocab } from '@unroll/checkpoint';
import { parseManifest } from '@unroll/checkpoint/src/node/parse-manifest.ts';
import { utf8 } from '../utf8.ts';
import { type Case, casesOf, type Malformed, truncations } from './malformed.ts';

const config = utf8('{"model":"rnnlm","vocabSize":10,"wordvecSize":4,"tokenizer":"char"}');
const configCases: Case[] = [
  ...truncations(config, () => 'expected JSON in UTF-8'),
  ['an array', '[]', 'expected a JSON object, got array'],
  ['null', 'null', 'expected a JSON object, got null'],
  ['a number', '1e999', 'expected a JSON object, got number'],
  ['text', '"{}"', 'expected a JSON object, got string'],
  ['a comment', '{} // mine', 'expected JSON'],
  ['NaN', '{"lr":NaN}', 'expected JSON'],
  ['a comma too much', '{"a":1,}', 'expected JSON'],
  ['single quotes', "{'a':1}", 'expected JSON'],
  ['UTF-16', new Uint8Array(new Uint16Array([0x7b, 0x7d]).buffer), 'expected JSON'],
  ['no UTF-8', Uint8Array.of(0x7b, 0x22, 0x80, 0x22, 0x7d), 'expected JSON'],
  ['NULs', new Uint8Array(64), 'expected JSON'],
  ['101 levels', `${'{"a":'.repeat(101)}1${'}'.repeat(101)}`, 'nested too deeply'],
  ['a million opening brackets', () => '['.repeat(1_000_000), 'nested too deeply'],
  [
    'half a million levels that close',
    () => `{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
    'nested too deeply',
  ],
  ['a megabyte of empty arrays', () => `[${'[],'.repeat(340_000)}[]]`, 'expected a JSON object, got array'],
  ['more than a megabyte', () => `{"a":"${'x'.repeat(2 ** 20)}"}`, 'expected at most 1048576 bytes'],
  ['200 MB of zeros', () => new Uint8Array(200_000_000), 'expected at most 1048576 bytes'],
];

const vocab = utf8('["<unk>","a","\\n","é"]');
const vocabCases: Case[] = [
  ...truncations(vocab, (length) => (length === 0 ? 'expected an array' : 'expected JSON in UTF-8')),
  ['an object', '{"a":0,"b":1}', 'expected an array of tokens'],
  ['an object with a length', '{"length":3,"0":"a"}', 'expected an array of tokens'],
  ['null', 'null', 'expected an array of tokens'],
  ['text', '"abc"', 'expected an array of tokens'],
  ['a token twice', '["a","b","a"]', 'the token "a" has two ids, 0 and 2'],
  ['__proto__ twice', '["__proto__","__proto__"]', 'has two ids'],
  ['a token twice, once escaped', '["a","\\u0061"]', 'has two ids'],
  ['a long token twice', () => JSON.stringify(['x'.repeat(1e6), 'x'.repeat(1e6)]), 'has two ids'],
  ['a number', '["a",1]', 'got number at index 1'],
  ['null among the tokens', '[null]', 'got object at index 0'],
  ['true', '["a",true]', 'got boolean at index 1'],
  ['an array in it', '[["a"]]', 'got object at index 0'],
  ['an object in it', '[{"__proto__":{"polluted":1}}]', 'got object at index 0'],
  ['a comma too much', '["a",]', 'expected JSON'],
  ['two commas', '["a",,"b"]', 'expected JSON'],
  ['no comma', '["a""b"]', 'expected JSON'],
  ['a line break in a token', '["a\nb"]', 'expected JSON'],
  ['an unknown escape', '["\\q"]', 'expected JSON'],
  ['a lone surrogate in UTF-8', Uint8Array.of(0x5b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x5d), 'expected JSON'],
  ['more behind it', '["a"]]', 'expected JSON'],
  ['30 MB of empty arrays', () => `[${'[],'.repeat(10_000_000)}[]]`, 'got object at index 0'],
  ['30 MB of numbers', () => `[${'0,'.repeat(15_000_000)}0]`, 'got number at index 0'],
  ['a number behind 30 MB of tokens', () => `[${'"",'.repeat(10_000_000)}0]`, 'got number at index 10000000'],
  ['2 million times the same token', () => `[${'"",'.repeat(2_000_000)}""]`, 'has two ids, 0 and 1'],
  ['100 MB of opening brackets', () => new Uint8Array(100_000_000).fill(0x5b), 'got object at index 0'],
  ['a token of 50 MB without an end', () => utf8(`["${'a'.repeat(50_000_000)}`), 'it ends too early'],
  ['more than 256 MB', () => new Uint8Array(2 ** 28 + 1), 'expected at most 268435456 bytes'],
];

const sha256 = '0123456789abcdef'.repeat(4);
const manifest = utf8(JSON.stringify({ files: { 'state.json': { bytes: 12, sha256 } } }));
const listing = (name: string, entry: unknown): string =>
  `{"files":{${JSON.stringify(name)}:${JSON.stringify(entry)}}}`;
const manifestCases: Case[] = [
  ...truncations(manifest, () => 'expected JSON in UTF-8'),
  ['nothing in it', '{}', 'expected an object of files'],
  ['null', 'null', 'expected an object of files'],
  ['an array', '[]', 'expected an object of files'],
  ['a list of files', '{"files":[]}', 'expected an object of files'],
  ['files that are null', '{"files":null}', 'expected an object of files'],
  ...[
    '../state.json',
    '/etc/passwd',
    'a/b',
    'a\\b',
    '..',
    '.',
    '',
    '.hidden',
    'a\0',
    'é',
    'x'.repeat(101),
    'C:\\a',
  ].map(
    (name): Case => [
      `a file named ${JSON.stringify(name)}`,
      listing(name, { bytes: 1, sha256 }),
      'expected plain names',
    ],
  ),
  ...[
    null,
    1,
    [],
    {},
    { bytes: 1 },
    { sha256 },
    { bytes: '1', sha256 },
    { bytes: -1, sha256 },
    { bytes: 0.5, sha256 },
    { bytes: 2 ** 53, sha256 },
    { bytes: null, sha256 },
    { bytes: 1, sha256: '' },
    { bytes: 1, sha256: sha256.toUpperCase() },
    { bytes: 1, sha256: `${sha256}0` },
    { bytes: 1, sha256: `${sha256}\n` },
    { bytes: 1, sha256: [sha256] },
  ].map(
    (entry): Case => [
      `a file of ${JSON.stringify(entry)}`,
      listing('a', entry),
      'expected a size and a sha256 for "a"',
    ],
  ),
  ['a size of 1e999', `{"files":{"a":{"bytes":1e999,"sha256":"${sha256}"}}}`, 'expected a size and a sha256'],
  ['__proto__ as a file', '{"files":{"__proto__":{"polluted":1}}}', 'expected a size and a sha256'],
  ['101 levels', '{"files":'.repeat(101), 'nested too deeply'],
];

export const malformedModelFolder: readonly Malformed[] = [
  ...casesOf('config', 'CheckpointError', (input) => parseConfig(input, 'config.json'), configCases),
  ...casesOf('vocab', 'CheckpointError', (input) => parseVocab(input, 'vocab.json'), vocabCases),
  ...casesOf('manifest', 'CheckpointError', (input) => parseManifest(input, 'snapshot.json'), manifestCases),
];
