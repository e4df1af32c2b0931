import { BpeTokenizer, Vocabulary } from '@unroll/text';
import { tokenizerFromJSON } from '@unroll/text/huggingface';
import { StrictUtf8 } from '@unroll/text/src/node/strict-utf8.ts';
import { joined } from '../mutate-bytes.ts';
import { parseValue } from '../parse-value.ts';
import { utf8 } from '../utf8.ts';
import { type Case, casesOf, type Malformed } from './malformed.ts';

/** In chunks, as a file comes. */
function decodeText(input: Uint8Array): string {
  const utf8 = new StrictUtf8();
  let length = 0;
  for (let at = 0; at < input.length; at += 262_144)
    length += utf8.add(input.subarray(at, at + 262_144)).length;
  return `${length + utf8.end().length} characters`;
}

const badUtf8: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['a byte that goes on from nothing', [0x80]],
  ['a byte that is never', [0xff]],
  ['a slash in two bytes', [0xc0, 0xaf]],
  ['a slash in three bytes', [0xe0, 0x80, 0xaf]],
  ['a NUL in two bytes', [0xc0, 0x80]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a surrogate pair', [0xed, 0xa0, 0xbd, 0xed, 0xb0, 0x80]],
  ['a character above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ['a character of five bytes', [0xf8, 0x88, 0x80, 0x80, 0x80]],
  ['a character that a letter ends', [0xe2, 0x82, 0x61]],
  ['a character that another begins in', [0xf0, 0x9f, 0xc3, 0xa9]],
];

const textCases: Case[] = [
  ['nothing', '', 'is empty'],
  ['nothing but a byte order mark', '\ufeff', 'is empty but for a byte order mark'],
  ['UTF-16, little-endian', Uint8Array.of(0xff, 0xfe, 0x61, 0x00), 'is UTF-16'],
  ['UTF-16, big-endian', Uint8Array.of(0xfe, 0xff, 0x00, 0x61), 'is UTF-16'],
  ['a NUL at the beginning', '\0abc', 'NUL byte at offset 0'],
  ['a NUL at the end', 'abc\0', 'NUL byte at offset 3'],
  ['UTF-16 without a mark', Uint8Array.of(0x61, 0x00, 0x62, 0x00), 'NUL byte at offset 1'],
  [
    '20 MB of text with a NUL behind it',
    () => joined(new Uint8Array(20_000_000).fill(0x61), Uint8Array.of(0)),
    'NUL byte at offset 20000000',
  ],
  [
    '20 MB of text with a bad byte behind it',
    () => joined(new Uint8Array(20_000_000).fill(0x61), Uint8Array.of(0xff)),
    '0xFF at offset 20000000',
  ],
  ['100 MB of zeros', () => new Uint8Array(100_000_000), 'NUL byte at offset 0'],
  ['100 MB of bytes that go on', () => new Uint8Array(100_000_000).fill(0xbf), '0xBF at offset 0'],
  ...badUtf8.map(([name, bytes]): Case => [name, Uint8Array.from(bytes), 'is not valid UTF-8']),
  ...badUtf8.map(
    ([name, bytes]): Case => [
      `${name}, where chunks meet`,
      () => joined(new Uint8Array(262_143).fill(0x61), Uint8Array.from(bytes), utf8('z')),
      'at offset 262143',
    ],
  ),
  ...[...utf8('é語🌀').keys()]
    .filter((length) => ![0, 2, 5].includes(length))
    .map(
      (length): Case => [
        `characters that end after ${length} bytes`,
        utf8('é語🌀').slice(0, length),
        'is not valid UTF-8',
      ],
    ),
];

const vocabularyCases: Case[] = [
  ['an object', '{"0":"a","length":1}', 'expected an array of strings, got object'],
  ['null', 'null', 'got null'],
  ['text', '"ab"', 'got string'],
  ['nothing in it', '[]', 'expected at least one token'],
  ['a number', '["a",1]', 'expected a string at position 1, got number'],
  ['null among the tokens', '[null]', 'expected a string at position 0, got null'],
  ['arrays', '[["a"]]', 'expected a string at position 0, got an array'],
  ['a token twice', '["a","b","a"]', 'at positions 0 and 2'],
  ['__proto__ twice', '["__proto__","__proto__"]', 'at positions 0 and 1'],
  [
    'no end to its levels',
    () => `[${'['.repeat(100_000)}${']'.repeat(100_000)}]`,
    'expected a string at position 0',
  ],
];

interface BpeJson {
  pre_tokenizer: Record<string, unknown>;
  model: { vocab: Record<string, number>; merges: unknown[]; [name: string]: unknown };
  [name: string]: unknown;
}

/** The tokenizer.json of a byte-pair tokenizer, with something changed in it; `DEEP` becomes a nest of arrays. */
function bpe(change: (json: BpeJson) => void): string {
  const json: BpeJson = JSON.parse(JSON.stringify(BpeTokenizer.train('the the cat cat', { vocabSize: 260 })));
  change(json);
  return JSON.stringify(json).replace('"DEEP"', '['.repeat(20_000) + ']'.repeat(20_000));
}

const tokenizerCases: Case[] = [
  ['null', 'null', 'expected the value to be an object'],
  ['an array', '[]', 'expected the value to be an object'],
  ['nothing in it', '{}', 'expected model to be an object'],
  ['a model that is a list', '{"model":[]}', 'expected model to be an object'],
  ['__proto__ as a model', '{"__proto__":{"model":{}}}', 'expected model to be an object'],
  [
    'another kind of model',
    bpe((json) => {
      json.model.type = 'Unigram';
    }),
    'model.type',
  ],
  [
    'a dropout',
    bpe((json) => {
      json.model.dropout = 0.1;
    }),
    'model.dropout',
  ],
  [
    'a normalizer',
    bpe((json) => {
      json.normalizer = { type: 'NFC' };
    }),
    'normalizer',
  ],
  [
    'added tokens',
    bpe((json) => {
      json.added_tokens = [{ id: 0, content: 'x' }];
    }),
    'added_tokens',
  ],
  [
    'another pre-tokenizer',
    bpe((json) => {
      json.pre_tokenizer.type = 'Whitespace';
    }),
    'pre_tokenizer.type',
  ],
  [
    'no vocabulary',
    bpe((json) => {
      Reflect.deleteProperty(json.model, 'vocab');
    }),
    'model.vocab',
  ],
  [
    'no merges',
    bpe((json) => {
      Reflect.deleteProperty(json.model, 'merges');
    }),
    'model.merges',
  ],
  [
    'merges that are an object',
    bpe((json) => {
      Object.assign(json.model, { merges: {} });
    }),
    'model.merges',
  ],
  [
    'no token for a byte',
    bpe((json) => {
      Reflect.deleteProperty(json.model.vocab, 'a');
    }),
    'expected',
  ],
  [
    'an id twice',
    bpe((json) => {
      json.model.vocab.a = json.model.vocab.b;
    }),
    'an id of its own',
  ],
  [
    'an id that is text',
    bpe((json) => {
      Object.assign(json.model.vocab, { a: '5' });
    }),
    'an id of its own',
  ],
  [
    'a negative id',
    bpe((json) => {
      json.model.vocab.a = -1;
    }),
    'an id of its own',
  ],
  [
    'an id beyond the end',
    bpe((json) => {
      json.model.vocab.a = 4294967295;
    }),
    'an id of its own',
  ],
  [
    'half an id',
    bpe((json) => {
      json.model.vocab.a = 0.5;
    }),
    'an id of its own',
  ],
  [
    'an id without end',
    bpe((json) => {
      Object.assign(json.model.vocab, { a: 'DEEP' });
    }),
    'an id of its own',
  ],
  [
    'a token that is no letter of a byte',
    bpe((json) => {
      const { vocab } = json.model;
      vocab.語 = vocab.a;
      Reflect.deleteProperty(vocab, 'a');
    }),
    'letters of bytes',
  ],
  [
    'a token that is empty',
    bpe((json) => {
      const { vocab } = json.model;
      vocab[''] = vocab.a;
      Reflect.deleteProperty(vocab, 'a');
    }),
    'letters of bytes',
  ],
  [
    'a merge of nothing',
    bpe((json) => {
      json.model.merges.push('');
    }),
    'two tokens that make a third',
  ],
  [
    'a merge of three',
    bpe((json) => {
      json.model.merges.push('a b c');
    }),
    'two tokens that make a third',
  ],
  [
    'a merge of the unknown',
    bpe((json) => {
      json.model.merges.push('語 a');
    }),
    'two tokens that make a third',
  ],
  [
    'a merge that makes nothing',
    bpe((json) => {
      json.model.merges.push('z z');
    }),
    'two tokens that make a third',
  ],
  [
    'a merge twice',
    bpe((json) => {
      json.model.merges.push(json.model.merges[0]);
    }),
    'none of the earlier ones',
  ],
  [
    'a merge that is null',
    bpe((json) => {
      json.model.merges.push(null);
    }),
    'two tokens that make a third',
  ],
  [
    'a merge of numbers',
    bpe((json) => {
      json.model.merges.push([1, 2]);
    }),
    'two tokens that make a third',
  ],
  [
    'a merge without end',
    bpe((json) => {
      json.model.merges.push('DEEP');
    }),
    'two tokens that make a third',
  ],
];

const words = { type: 'WordLevel', vocab: { '[UNK]': 0, the: 1 }, unk_token: '[UNK]' };
const hugging = (change: object): string =>
  JSON.stringify({ pre_tokenizer: { type: 'Whitespace' }, model: words, ...change });
const huggingFaceCases: Case[] = [
  ['null', 'null', 'Is it the tokenizer.json'],
  ['nothing in it', '{}', 'Is it the tokenizer.json'],
  ['a model of no kind', hugging({ model: { vocab: {} } }), 'expected at least one token'],
  ['an id of four billion', hugging({ model: { ...words, vocab: { a: 4294967294 } } }), 'expected ids below'],
  [
    'an added token of four billion characters',
    hugging({ added_tokens: [{ id: 1, content: { length: 4294967295 } }] }),
    'HuggingFaceTokenizer.fromJSON',
  ],
  ['an added token that is null', hugging({ added_tokens: [null] }), 'HuggingFaceTokenizer.fromJSON'],
];

export const malformedTexts: readonly Malformed[] = [
  ...casesOf('text', 'NotText', decodeText, textCases),
  ...casesOf('vocabulary', 'TextError', (input) => Vocabulary.fromJSON(parseValue(input)), vocabularyCases),
  ...casesOf('tokenizer', 'TextError', (input) => BpeTokenizer.fromJSON(parseValue(input)), tokenizerCases),
  ...casesOf('hugging-face', 'TextError', (input) => tokenizerFromJSON(parseValue(input)), huggingFaceCases),
];
