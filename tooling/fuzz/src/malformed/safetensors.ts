import { parseSafetensors, serializeSafetensors } from '@unroll/checkpoint';
import { joined } from '../mutate-bytes.ts';
import { utf8 } from '../utf8.ts';
import { type Case, casesOf, type Malformed, truncations } from './malformed.ts';

const whole = serializeSafetensors([
  ['a', { dtype: 'f32', shape: [2], data: Float32Array.of(1, 2) }],
  ['b', { dtype: 'i32', shape: [], data: Int32Array.of(3) }],
]);
const dataStart = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));

/** A file of a header as text and so many bytes of data. */
function file(header: string | Uint8Array, dataBytes = 0, claimed?: bigint): Uint8Array {
  const text = typeof header === 'string' ? utf8(header) : header;
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  return joined(length, text, new Uint8Array(dataBytes));
}

const tensor = (fields: object): string =>
  JSON.stringify({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...fields } });
const pair = (a: readonly number[], b: readonly number[]): string =>
  JSON.stringify({
    a: { dtype: 'F32', shape: [2], data_offsets: a },
    b: { dtype: 'F32', shape: [2], data_offsets: b },
  });
const entries = (count: number, of: (index: number) => string): string =>
  `{${Array.from({ length: count }, (_, i) => `"${i.toString(36)}":${of(i)}`).join(',')}}`;

const claims: readonly bigint[] = [
  ...[1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n].map(
    (extra) => extra + 2n,
  ),
  ...[3n, 100_000_000n, 10_000_001n],
].map((claim) => claim % 2n ** 64n);

const cases: Case[] = [
  ...truncations(whole, (length) => {
    if (length < 8) return 'expected at least 8 bytes';
    return length < dataStart ? 'expected a header of at most' : 'bytes by the header, got';
  }),
  ...claims
    .filter((claim) => claim > 2n)
    .map(
      (claim): Case => [`a header that claims ${claim} bytes`, file('{}', 0, claim), `it claims ${claim}`],
    ),
  ['a header of 0 bytes', file('', 4), "does not begin with '{'"],
  ['100 MB of zeros', () => new Uint8Array(100_000_000), "does not begin with '{'"],
  ['50 MB of 0xFF', () => new Uint8Array(50_000_000).fill(0xff), 'it claims 18446744073709551615'],
  ['a header of 50 MB', () => file(new Uint8Array(50_000_000).fill(0x20)), 'at most 10000000 bytes'],
  ['a header of 9 MB of spaces', () => file(`{${' '.repeat(9_000_000)}`), 'got the end'],
  ['a name of 9 MB', () => file(`{"ā${'a'.repeat(9_000_000)}":{}}`), 'expected a dtype, a shape'],
  ['a name of 9 MB of escapes', () => file(`{"${'\\u0101'.repeat(1_500_000)}`), 'not valid JSON'],
  ['9 MB of opening braces', () => file('{'.repeat(9_000_000)), 'expected "\\"", got "{"'],
  [
    '9 MB of opening brackets',
    () => file(`{"a":{"shape":${'['.repeat(9_000_000)}`),
    'expected a whole number',
  ],
  [
    'a shape of 4 million axes',
    () => file(`{"a":{"shape":[${'1,'.repeat(4_000_000)}1]}}`),
    'more than 32 numbers',
  ],
  [
    '66,000 tensors',
    () => file(entries(66_000, () => '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}')),
    'more than 65536 keys',
  ],
  [
    '700,000 pairs of metadata',
    () => file(`{"__metadata__":${entries(700_000, () => '""')}}`),
    'more than 65536 keys',
  ],
  [
    '60,000 tensors of which the last is wrong',
    () =>
      file(entries(60_000, (i) => `{"dtype":"F32","shape":[0],"data_offsets":[0,${i < 59_999 ? 0 : 4}]}`)),
    'bytes by the header',
  ],
  [
    'a number of a million digits',
    () => file(`{"a":{"shape":[${'9'.repeat(1_000_000)}]}}`),
    'above 2^53 - 1',
  ],
  ['no UTF-8', file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)), 'not valid UTF-8'],
  ['UTF-8 that is cut off', file(Uint8Array.of(0x7b, 0x22, 0xf0, 0x9f)), 'not valid UTF-8'],
  [
    'UTF-8 that is longer than it need be',
    file(Uint8Array.of(0x7b, 0x22, 0xc0, 0xaf, 0x22)),
    'not valid UTF-8',
  ],
  ['a surrogate in UTF-8', file(Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22)), 'not valid UTF-8'],
  ['a byte order mark', file('\ufeff{}'), "does not begin with '{'"],
  ['a space in front', file(' {}'), "does not begin with '{'"],
  ['an array', file('[]'), "does not begin with '{'"],
  ['null', file('null'), "does not begin with '{'"],
  ['two objects', file('{}{}'), 'expected the end'],
  ['a NUL behind the header', file('{}\0'), 'expected the end'],
  ['a comma too much', file('{"__metadata__":{},}'), 'got "}"'],
  ['a comment', file('{/**/}'), 'got "/"'],
  ['single quotes', file("{'a':1}"), `got "'"`],
  ['an unknown escape', file('{"\\x41":1}'), 'not valid JSON'],
  ['half a surrogate pair', file('{"\\ud800":1}'), 'not valid Unicode'],
  ['a line break in a name', file('{"a\nb":1}'), 'not valid JSON'],
  [
    'a name twice',
    file(`{"a":${tensor({}).slice(5, -1)},"a":${tensor({}).slice(5, -1)}}`, 16),
    'comes twice',
  ],
  [
    '__proto__ twice',
    file('{"__proto__":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"__proto__":{}}'),
    'comes twice',
  ],
  ['__metadata__ twice', file('{"__metadata__":{},"__metadata__":{}}'), 'comes twice'],
  ['a key of metadata twice', file('{"__metadata__":{"__proto__":"","__proto__":""}}'), 'comes twice'],
  ['a field twice', file('{"a":{"dtype":"F32","dtype":"F32"}}'), 'comes twice'],
  ['metadata that is a number', file('{"__metadata__":1}'), 'got "1"'],
  ['metadata with a number', file('{"__metadata__":{"a":1}}'), 'got "1"'],
  ['metadata in metadata', file('{"__metadata__":{"a":{}}}'), 'got "{"'],
  ['a tensor that is null', file('{"a":null}'), 'got "n"'],
  ['a tensor that is an array', file('{"a":[]}'), 'got "["'],
  ['a tensor without fields', file('{"a":{}}'), 'expected a dtype, a shape'],
  [
    'a tensor named __proto__ without fields',
    file('{"__proto__":{}}'),
    'tensor "__proto__": expected a dtype',
  ],
  ['an unknown field', file('{"a":{"strides":[1]}}'), 'unknown field "strides"'],
  ['a field named __proto__', file('{"a":{"__proto__":{"dtype":"F32"}}}'), 'unknown field "__proto__"'],
  ['a field named constructor', file('{"a":{"constructor":"x"}}'), 'unknown field "constructor"'],
  ['a dtype that is a number', file('{"a":{"dtype":32}}'), 'got "3"'],
  ['a dtype that is empty', file(tensor({ dtype: '' }), 8), 'which is not supported'],
  ['a dtype named constructor', file(tensor({ dtype: 'constructor' }), 8), 'which is not supported'],
  ...['F16', 'BF16', 'I64', 'U8', 'BOOL', 'F8_E4M3', 'f32', 'F32 '].map(
    (dtype): Case => [
      `the dtype ${JSON.stringify(dtype)}`,
      file(tensor({ dtype }), 8),
      'which is not supported',
    ],
  ),
  [
    'a dtype of a million letters',
    () => file(tensor({ dtype: 'F'.repeat(1_000_000) }), 8),
    'which is not supported',
  ],
  ['a shape that is a number', file('{"a":{"shape":2}}'), 'expected "["'],
  ['a shape that is text', file('{"a":{"shape":"2"}}'), 'expected "["'],
  ...[
    ['negative', '-1'],
    ['fractional', '2.5'],
    ['with an exponent', '1e1'],
    ['with a 0 in front', '02'],
    ['that is text', '"2"'],
    ['that is null', 'null'],
    ['that is NaN', 'NaN'],
    ['above 2^53', '9007199254740993'],
    ['of 2^64', '18446744073709551616'],
  ].map(
    ([what, size]): Case => [
      `a size ${what}`,
      file(`{"a":{"dtype":"F32","shape":[${size}],"data_offsets":[0,8]}}`, 8),
      'at character',
    ],
  ),
  ...[
    [1],
    [3],
    [],
    [2, 2],
    [0],
    [2, 0],
    [65536, 65536],
    [2147483648, 2],
    [4294967296, 4294967296],
    [9007199254740991, 9007199254740991],
    [4503599627370496, 2],
    [9007199254740991],
    [0, 9007199254740991],
  ].map(
    (shape): Case => [
      `8 bytes for the shape (${shape.join(', ')})`,
      file(tensor({ shape }), 8),
      'does not fit its 8 bytes',
    ],
  ),
  ['offsets of one number', file(tensor({ data_offsets: [0] }), 8), 'data_offsets of two numbers'],
  ['offsets of three numbers', file(tensor({ data_offsets: [0, 8, 8] }), 8), 'data_offsets of two numbers'],
  ['offsets that are text', file('{"a":{"data_offsets":"0,8"}}'), 'expected "["'],
  ['offsets backwards', file(tensor({ data_offsets: [8, 0] }), 8), 'expected data from byte 0, got 8 to 0'],
  [
    'data that begins late',
    file(tensor({ data_offsets: [4, 12] }), 12),
    'expected data from byte 0, got 4 to 12',
  ],
  ['data beyond the end', file(tensor({ data_offsets: [0, 8] }), 4), 'bytes by the header, got'],
  ['data up to 2^53 - 1', file(tensor({ data_offsets: [0, 9007199254740991] }), 8), 'by the header, got'],
  [
    'offsets around 2^53',
    file(tensor({ shape: [0], data_offsets: [9007199254740991, 9007199254740991] }), 8),
    'expected data from byte 0',
  ],
  ['a byte too much', file(tensor({}), 9), 'bytes by the header, got'],
  ['data of nobody', file('{}', 8), 'bytes by the header, got'],
  ['two tensors in one place', file(pair([0, 8], [0, 8]), 8), 'expected data from byte 8, got 0 to 8'],
  ['tensors that overlap by half', file(pair([0, 8], [4, 12]), 12), 'expected data from byte 8, got 4 to 12'],
  ['a tensor within another', file(pair([0, 16], [4, 12]), 16), 'expected data from byte 16, got 4 to 12'],
  ['a hole between tensors', file(pair([0, 8], [9, 17]), 17), 'expected data from byte 8, got 9 to 17'],
  [
    'tensors in each other’s place, and one too long',
    file(pair([8, 20], [0, 8]), 20),
    'does not fit its 12 bytes',
  ],
];

export const malformedSafetensors: readonly Malformed[] = casesOf(
  'safetensors',
  'CheckpointError',
  (input) => parseSafetensors(input, 'model.safetensors'),
  cases,
);
