import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from './checkpoint-error.ts';
import type { NamedArray } from './named-array.ts';
import { parseSafetensors } from './parse-safetensors.ts';
import { serializeSafetensors } from './serialize-safetensors.ts';

const f32 = (...values: number[]): NamedArray => ({
  dtype: 'f32',
  shape: [values.length],
  data: Float32Array.from(values),
});

/** Any bits, so also NaN with a payload, -0 and the infinities. */
function arrayOf(dtype: NamedArray['dtype'], shape: readonly number[], bytes: Uint8Array): NamedArray {
  const count = shape.reduce((product, size) => product * size, 1);
  if (dtype === 'f32') return { dtype, shape, data: new Float32Array(bytes.buffer, 0, count) };
  if (dtype === 'i32') return { dtype, shape, data: new Int32Array(bytes.buffer, 0, count) };
  return { dtype, shape, data: new Float64Array(bytes.buffer, 0, count) };
}

const bytesOf = ({ data }: NamedArray): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const array: fc.Arbitrary<NamedArray> = fc
  .record({
    dtype: fc.constantFrom<NamedArray['dtype']>('f32', 'f64', 'i32'),
    shape: fc.array(fc.nat(4), { maxLength: 3 }),
    bytes: fc.uint8Array({ minLength: 512, maxLength: 512 }),
  })
  .map(({ dtype, shape, bytes }) => arrayOf(dtype, shape, Uint8Array.from(bytes)));

const name = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('__proto__', 'constructor', '7', '10', '', '\u0000"\\'),
  )
  .filter((text) => text !== '__metadata__');

const named = fc.uniqueArray(fc.tuple(name, array), { selector: ([key]) => key, maxLength: 6 });

const pairs = fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), {
  selector: ([key]) => key,
  maxLength: 3,
});

describe('serializeSafetensors', () => {
  it('finds out the dtype where it is not said', () => {
    fc.assert(
      fc.property(named, (tensors) => {
        const unsaid = tensors.map(([key, { shape, data }]) => [key, { shape, data }] as const);
        expect(serializeSafetensors(unsaid)).toEqual(serializeSafetensors(tensors));
      }),
    );
  });

  it('writes what parseSafetensors reads back, bit for bit', () => {
    fc.assert(
      fc.property(named, pairs, (tensors, metadata) => {
        const parsed = parseSafetensors(serializeSafetensors(tensors, metadata));
        expect(parsed.metadata).toEqual(new Map(metadata));
        expect(parsed.tensors.size).toBe(tensors.length);
        for (const [key, { dtype, shape, ...rest }] of tensors) {
          const got = parsed.tensors.get(key);
          expect(got).toMatchObject({ dtype, shape });
          expect(got && bytesOf(got)).toEqual(bytesOf({ dtype, shape, ...rest }));
        }
      }),
    );
  });

  it('writes the same bytes whatever order the tensors and the metadata come in', () => {
    fc.assert(
      fc.property(named, pairs, (tensors, metadata) => {
        const bytes = serializeSafetensors(tensors, metadata);
        expect(serializeSafetensors([...tensors].reverse(), [...metadata].reverse())).toEqual(bytes);
      }),
    );
  });

  it('writes these bytes for a small file', () => {
    const header = '{"__metadata__":{"k":"v"},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    expect(header.length % 8).toBe(7);
    expect(serializeSafetensors([['x', f32(1)]], [['k', 'v']])).toEqual(
      Uint8Array.from([80, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(`${header} `), 0, 0, 128, 63]),
    );
  });

  it('sorts by dtype, the widest alignment first, then by the names in UTF-8, as the reference implementation', () => {
    const i32: NamedArray = { dtype: 'i32', shape: [], data: Int32Array.of(1) };
    const f64: NamedArray = { dtype: 'f64', shape: [], data: Float64Array.of(1) };
    const tensors: [string, NamedArray][] = [
      ['i', i32],
      ['😀', f32()],
      ['\uffee', f32()],
      ['ab', f32()],
      ['B', f32()],
      ['a', f32()],
      ['z', f64],
    ];
    expect([...parseSafetensors(serializeSafetensors(tensors)).tensors.keys()]).toEqual([
      'z',
      'B',
      'a',
      'ab',
      '\uffee',
      '😀',
      'i',
    ]);
  });

  it('aligns every array, so that reading copies nothing', () => {
    fc.assert(
      fc.property(named, (tensors) => {
        const bytes = serializeSafetensors(tensors);
        for (const { data } of parseSafetensors(bytes).tensors.values())
          expect(data.buffer).toBe(bytes.buffer);
      }),
    );
  });

  it('writes only the part of a buffer that the array shows', () => {
    const part: NamedArray = { dtype: 'f32', shape: [2], data: Float32Array.of(1, 2, 3, 4).subarray(1, 3) };
    const { tensors } = parseSafetensors(serializeSafetensors([['x', part]]));
    expect([...(tensors.get('x')?.data ?? [])]).toEqual([2, 3]);
  });

  it.each<[string, [string, NamedArray][], [string, string][], string]>([
    [
      'two tensors of one name',
      [
        ['x', f32(1)],
        ['x', f32(2)],
      ],
      [],
      'two tensors are named "x"',
    ],
    [
      'a tensor named __metadata__',
      [['__metadata__', f32(1)]],
      [],
      'cannot hold a tensor named "__metadata__"',
    ],
    ['a name with half a surrogate pair', [['a\ud800', f32(1)]], [], 'cannot hold a tensor named'],
    [
      'metadata with a key twice',
      [],
      [
        ['k', '1'],
        ['k', '1'],
      ],
      'the metadata has "k" twice',
    ],
    ['metadata with half a surrogate pair', [], [['k\ud83d', '\ude00']], 'valid Unicode'],
    ['metadata that is no string', [], [['k', 1 as unknown as string]], 'got a number'],
    ['too few numbers', [['x', { ...f32(1, 2), shape: [3] }]], [], 'expected 3 numbers for shape (3), got 2'],
    ['too many numbers', [['x', { ...f32(1, 2), shape: [] }]], [], 'expected 1 numbers for shape (), got 2'],
    ['a negative size', [['x', { ...f32(1), shape: [-1, -1] }]], [], 'for shape (-1, -1), got 1'],
    ['a broken size', [['x', { ...f32(1), shape: [0.5, 2] }]], [], 'for shape (0.5, 2), got 1'],
    ['a size that is no number', [['x', { ...f32(), shape: [Number.NaN] }]], [], 'for shape (NaN), got 0'],
    ['numbers of another dtype', [['x', { ...f32(1), dtype: 'f64' }]], [], 'got f64 with a Float32Array'],
    ['too many axes', [['x', { ...f32(1), shape: new Array(33).fill(1) }]], [], 'at most 32 axes, got 33'],
    [
      'numbers that the format has not',
      [['x', { shape: [1], data: new Uint8Array(1) as never } as unknown as NamedArray]],
      [],
      'got a Uint8Array',
    ],
    ['an unknown dtype', [['x', { ...f32(1), dtype: 'f16' as 'f32' }]], [], 'got f16 with a Float32Array'],
  ])('refuses %s', (_, tensors, metadata, message) => {
    const write = (): Uint8Array => serializeSafetensors(tensors, metadata);
    expect(write).toThrow(CheckpointError);
    expect(write).toThrow(message);
  });

  it('refuses a header that parseSafetensors would refuse', () => {
    const write = (): Uint8Array => serializeSafetensors([], [['k', 'x'.repeat(10_000_000)]]);
    expect(write).toThrow('expected a header of at most 10000000 bytes, got 10000');
    const pairs = Array.from({ length: 65_537 }, (_, i) => [`${i}`, ''] as const);
    expect(() => serializeSafetensors([], pairs)).toThrow('at most 65536 pairs of metadata, got 65537');
  });
});
