import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeFile } from '../test/make-file.ts';
import { CheckpointError } from './checkpoint-error.ts';
import { parseSafetensors } from './parse-safetensors.ts';
import { serializeSafetensors } from './serialize-safetensors.ts';

interface Fixture {
  readonly title: string;
  readonly base64: string;
  readonly metadata: [string, string][];
  readonly tensors: { name: string; dtype: 'f32' | 'f64' | 'i32'; shape: number[]; values: number[] }[];
}

const fixtures: Fixture[] = JSON.parse(
  readFileSync(new URL('../fixtures/safetensors.json', import.meta.url), 'utf8'),
).files;

const entry = (begin: number, end: number, shape: number[] = [(end - begin) / 4]): object => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

const zeros = (count: number): Uint8Array => new Uint8Array(count);

/** The message of the CheckpointError that reading `bytes` throws; anything else fails the test. */
function refusal(bytes: Uint8Array): string {
  try {
    parseSafetensors(bytes, 'model.safetensors');
  } catch (error) {
    if (error instanceof CheckpointError) return error.message;
    throw error;
  }
  throw new Error('expected a CheckpointError, it was read');
}

describe('parseSafetensors reads', () => {
  it.each(fixtures)('what another writer wrote: $title', ({ base64, metadata, tensors }) => {
    const parsed = parseSafetensors(Buffer.from(base64, 'base64'));
    expect([...parsed.metadata]).toEqual(metadata);
    expect([...parsed.tensors.keys()]).toEqual(tensors.map(({ name }) => name));
    for (const { name, dtype, shape, values } of tensors) {
      const array = parsed.tensors.get(name);
      expect(array).toMatchObject({ dtype, shape });
      const numbers = dtype === 'f32' ? values.map(Math.fround) : values;
      expect(Array.from(array?.data ?? [])).toEqual(numbers);
    }
  });

  it('the bytes of a file made by hand', () => {
    const file = makeFile(
      '{"x":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}',
      [0, 0, 128, 63, 0, 0, 0, 192],
    );
    expect(parseSafetensors(file).tensors).toEqual(
      new Map([['x', { dtype: 'f32', shape: [1, 2], data: Float32Array.of(1, -2) }]]),
    );
  });

  it('a header that ends in spaces, has spaces inside and puts the fields in another order', () => {
    const file = makeFile(
      '{ "x" : { "data_offsets" : [ 0 , 4 ] , "shape" : [ ] , "dtype" : "F32" } }   ',
      zeros(4),
    );
    expect(parseSafetensors(file).tensors.get('x')?.shape).toEqual([]);
  });

  it('tensors that the header lists in another order than they lie, with empty ones between', () => {
    const file = makeFile(
      { b: entry(4, 8), none: entry(4, 4), a: entry(0, 4), last: entry(8, 8) },
      [0, 0, 128, 63, 0, 0, 0, 64],
    );
    const { tensors } = parseSafetensors(file);
    expect([...tensors.keys()]).toEqual(['b', 'none', 'a', 'last']);
    expect([...(tensors.get('a')?.data ?? [])]).toEqual([1]);
    expect([...(tensors.get('b')?.data ?? [])]).toEqual([2]);
  });

  it('the same numbers wherever the file lies in a larger buffer', () => {
    const file = makeFile({ x: entry(0, 8), y: entry(8, 12) }, [0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64]);
    for (let offset = 0; offset < 8; offset++) {
      const larger = new Uint8Array(file.length + 16);
      larger.set(file, offset);
      const { tensors } = parseSafetensors(larger.subarray(offset, offset + file.length));
      expect([...(tensors.get('x')?.data ?? [])]).toEqual([1, 2]);
      expect([...(tensors.get('y')?.data ?? [])]).toEqual([3]);
    }
  });

  it('aligned data without a copy', () => {
    const file = serializeSafetensors([['x', { dtype: 'f64', shape: [1], data: Float64Array.of(1) }]]);
    expect(parseSafetensors(file).tensors.get('x')?.data.buffer).toBe(file.buffer);
  });

  it('names of the object prototype as plain names', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const fields = names.map((name) => `"${name}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`);
    const file = makeFile(`{"__metadata__":{"__proto__":"m"},${fields.join(',')}}`);
    const { tensors, metadata } = parseSafetensors(file);
    expect([...tensors.keys()]).toEqual(names);
    expect([...metadata]).toEqual([['__proto__', 'm']]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('parseSafetensors refuses', () => {
  const small = serializeSafetensors(
    [
      ['W', { dtype: 'f32', shape: [1, 2], data: Float32Array.of(1, 2) }],
      ['step', { dtype: 'i32', shape: [], data: Int32Array.of(7) }],
    ],
    [['kind', 'lstm']],
  );
  const dataStart = 8 + new DataView(small.buffer).getUint32(0, true);

  it('a file cut short at any byte', () => {
    for (let length = 0; length < small.length; length++) refusal(small.subarray(0, length));
    expect(parseSafetensors(small).tensors.size).toBe(2);
  });

  it('with a CheckpointError, or reads as a valid file, every change of one byte before the data', () => {
    let read = 0;
    for (let at = 0; at < dataStart; at++) {
      for (let value = 0; value < 256; value++) {
        const changed = small.slice();
        changed[at] = value;
        try {
          const { tensors, metadata } = parseSafetensors(changed);
          // What was read must be consistent: the writer checks names and lengths.
          parseSafetensors(serializeSafetensors(tensors, metadata));
          read++;
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      }
    }
    expect(read).toBeGreaterThan(dataStart);
  });

  it.each([
    ['the largest u64', 0xffffffffffffffffn],
    ['2^63', 2n ** 63n],
    ['2^53 + 1', 2n ** 53n + 1n],
    ['2^32 more than there is', 2n ** 32n + BigInt(dataStart - 8)],
    ['one byte more than there is', BigInt(small.length - 7)],
  ])('a header length of %s', (_, length) => {
    const file = small.slice();
    new DataView(file.buffer).setBigUint64(0, length, true);
    expect(refusal(file)).toContain(`at most ${small.length - 8} bytes, it claims ${length}`);
  });

  it('a header above 10 MB even where the file is as long', () => {
    const file = new Uint8Array(10_000_016).fill(0x20);
    new DataView(file.buffer).setBigUint64(0, 10_000_001n, true);
    expect(refusal(file)).toContain('at most 10000000 bytes, it claims 10000001');
  });

  it('more keys than 65,536, of tensors and of metadata', () => {
    const pairs = Array.from({ length: 65_537 }, (_, i) => `"${i}":""`).join(',');
    expect(refusal(makeFile(`{"__metadata__":{${pairs}}}`))).toContain('there are more than 65536 keys');
    const tensors = Array.from({ length: 65_537 }, (_, i) => `"${i}":${JSON.stringify(entry(0, 0))}`);
    expect(refusal(makeFile(`{${tensors.join(',')}}`))).toContain('there are more than 65536 keys');
  });

  it('more axes than 32', () => {
    const shaped = (axes: number) => makeFile({ x: entry(0, 4, new Array(axes).fill(1)) }, zeros(4));
    expect(parseSafetensors(shaped(32)).tensors.get('x')?.shape).toHaveLength(32);
    expect(refusal(shaped(33))).toContain('there are more than 32 numbers in a list');
  });

  it.each([
    ['no header', '', "does not begin with '{'"],
    ['a header that begins with a space', ' {}', "does not begin with '{'"],
    ['a header that begins with a byte order mark', '\ufeff{}', "does not begin with '{'"],
    ['an array', '[]', "does not begin with '{'"],
    ['text behind the header', '{} x', 'expected the end, got "x"'],
    ['a zero byte behind the header', '{}\0', 'expected the end'],
    ['a comma too much', '{"__metadata__":{},}', 'expected "\\"", got "}"'],
    ['an open object', '{"__metadata__":{}', 'expected "}", got the end'],
    ['an open string', '{"x', 'not valid JSON'],
    ['an unknown escape', '{"\\x41":1}', 'not valid JSON'],
    ['a string that ends in its escape', '{"x\\', 'not valid JSON'],
    ['a line break in a name', '{"a\nb":1}', 'not valid JSON'],
    ['half a surrogate pair', '{"\\ud800":1}', 'not valid Unicode'],
    ['a tensor that is no object', '{"x":1}', 'expected "{", got "1"'],
    ['metadata that is no object', '{"__metadata__":null}', 'expected "{", got "n"'],
    ['metadata with a number', '{"__metadata__":{"epoch":1}}', 'expected "\\"", got "1"'],
    ['a deep nest', `{"x":${'{"x":'.repeat(100_000)}`, 'unknown field "x"'],
  ])('%s', (_, header, message) => {
    expect(refusal(makeFile(header))).toContain(message);
  });

  it('a header that is not UTF-8', () => {
    expect(refusal(makeFile(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)))).toContain('not valid UTF-8');
    const overlong = Uint8Array.of(0x7b, 0x22, 0xc0, 0x80, 0x22, 0x7d);
    expect(refusal(makeFile(overlong))).toContain('not valid UTF-8');
  });

  it('a key that comes twice, at each level and in each spelling', () => {
    const tensor = '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}';
    expect(refusal(makeFile(`{"x":${tensor},"x":${tensor}}`))).toContain('the key "x" comes twice');
    expect(refusal(makeFile(`{"x":${tensor},"\\u0078":${tensor}}`))).toContain('the key "x" comes twice');
    expect(refusal(makeFile(`{"__proto__":${tensor},"__proto__":${tensor}}`))).toContain('comes twice');
    expect(refusal(makeFile('{"__metadata__":{},"__metadata__":{}}'))).toContain('comes twice');
    expect(refusal(makeFile('{"__metadata__":{"a":"1","a":"1"}}'))).toContain('the key "a" comes twice');
    const twoShapes = '{"dtype":"F32","shape":[0],"shape":[0],"data_offsets":[0,0]}';
    expect(refusal(makeFile(`{"x":${twoShapes}}`))).toContain('the key "shape" comes twice');
  });

  it.each([
    ['a field missing', '{"shape":[1],"data_offsets":[0,4]}', 'expected a dtype, a shape and data_offsets'],
    ['one offset', '{"dtype":"F32","shape":[1],"data_offsets":[4]}', 'data_offsets of two numbers'],
    ['three offsets', '{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}', 'data_offsets of two numbers'],
    ['a field too much', '{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}', 'unknown field "x"'],
    [
      'a negative size',
      '{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}',
      'a whole number from 0, got "-"',
    ],
    ['a fraction', '{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}', 'expected "]", got "."'],
    ['an exponent', '{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}', 'expected "]", got "e"'],
    ['a size with a leading 0', '{"dtype":"F32","shape":[01],"data_offsets":[0,4]}', 'begins with 0'],
    ['a size in quotes', '{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}', 'a whole number from 0'],
    ['a size of 2^53', '{"dtype":"F32","shape":[9007199254740992],"data_offsets":[0,4]}', 'above 2^53 - 1'],
    [
      'a product beyond exact numbers',
      '{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}',
      'does not fit its 4 bytes',
    ],
    [
      'more numbers than bytes',
      '{"dtype":"F32","shape":[2],"data_offsets":[0,4]}',
      'F32 (2) does not fit its 4 bytes',
    ],
    [
      'a wider type than bytes',
      '{"dtype":"F64","shape":[1],"data_offsets":[0,4]}',
      'F64 (1) does not fit its 4 bytes',
    ],
    [
      'offsets the wrong way round',
      '{"dtype":"F32","shape":[1],"data_offsets":[4,0]}',
      'expected data from byte 0',
    ],
    ['offsets beyond the file', '{"dtype":"F32","shape":[2],"data_offsets":[0,8]}', 'bytes by the header'],
    [
      'huge offsets',
      '{"dtype":"F32","shape":[1],"data_offsets":[9007199254740987,9007199254740991]}',
      'expected data from byte 0',
    ],
  ])('a tensor with %s', (_, tensor, message) => {
    const file = makeFile(`{"x":${tensor}}`, zeros(4));
    expect(refusal(file)).toContain(message);
  });

  it('a shape whose product is 0 in 64 bits', () => {
    const file = makeFile({ x: entry(0, 0, [2 ** 32, 2 ** 32]) });
    expect(refusal(file)).toContain('F32 (4294967296, 4294967296) does not fit its 0 bytes');
  });

  it('tensors that overlap', () => {
    expect(refusal(makeFile({ a: entry(0, 8), b: entry(4, 12) }, zeros(12)))).toContain(
      'tensor "b": expected data from byte 8, got 4 to 12',
    );
    expect(refusal(makeFile({ a: entry(0, 8), b: entry(0, 8) }, zeros(8)))).toContain('from byte 8, got 0');
    expect(refusal(makeFile({ a: entry(0, 8), b: entry(4, 4) }, zeros(8)))).toContain('from byte 8, got 4');
  });

  it('a hole between tensors, before the first and behind the last', () => {
    expect(refusal(makeFile({ a: entry(0, 4), b: entry(8, 12) }, zeros(12)))).toContain('from byte 4, got 8');
    expect(refusal(makeFile({ a: entry(4, 8) }, zeros(8)))).toContain('from byte 0, got 4');
    expect(refusal(makeFile({ a: entry(0, 4) }, zeros(5)))).toMatch(/expected \d+ bytes by the header/);
    expect(refusal(makeFile({}, zeros(1)))).toContain('expected 10 bytes by the header, got 11');
  });

  it('a dtype it does not know, and says which it does', () => {
    const file = makeFile({ x: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] } }, zeros(4));
    expect(refusal(file)).toBe(
      'model.safetensors: tensor "x" has dtype "BF16", which is not supported here; supported are F64, F32, I32. ' +
        'Convert the file to F32.',
    );
  });

  it('with a short message, however long a name or a number is', () => {
    const name = 'n'.repeat(2_000_000);
    const file = makeFile(
      new TextEncoder().encode(`{"${name}":{"dtype":"${name}","shape":[],"data_offsets":[0,0]}}`),
    );
    expect(refusal(file).length).toBeLessThan(400);
    const digits = makeFile(new TextEncoder().encode(`{"x":{"shape":[${'9'.repeat(2_000_000)}]}}`));
    expect(refusal(digits).length).toBeLessThan(400);
  });
});
