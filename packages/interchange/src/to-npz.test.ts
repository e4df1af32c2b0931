import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointError, type NamedArray } from '@unroll/checkpoint';
import { unzipSync } from 'fflate';
import { describe, expect, it, onTestFinished } from 'vitest';
import { numpyPython, runPython } from '../test/python.ts';
import { toNpz } from './to-npz.ts';

const tensors = new Map<string, NamedArray>([
  ['lstm.Wx', { dtype: 'f32', shape: [2, 3], data: Float32Array.of(0.5, -1.25, 3e-39, 1e38, -0, 7) }],
  ['mean', { dtype: 'f64', shape: [2], data: Float64Array.of(0.1, -1e300) }],
  ['step', { dtype: 'i32', shape: [], data: Int32Array.of(-41) }],
  ['none', { dtype: 'f32', shape: [0, 5], data: new Float32Array(0) }],
  ['__proto__', { dtype: 'f32', shape: [1], data: Float32Array.of(2.5) }],
  ['7', { dtype: 'f32', shape: [1, 1, 1], data: Float32Array.of(3.5) }],
  ['重み', { dtype: 'f32', shape: [1], data: Float32Array.of(4.5) }],
]);

const described = [...tensors].map(([name, { dtype, shape, data }]) => [
  name,
  { f32: 'float32', f64: 'float64', i32: 'int32' }[dtype],
  shape,
  [...data],
]);

const READ = `
import json, sys, zipfile
import numpy
assert zipfile.ZipFile(sys.argv[1]).testzip() is None
arrays = numpy.load(sys.argv[1])
print(json.dumps([[n, str(arrays[n].dtype), arrays[n].shape, arrays[n].ravel().tolist()] for n in arrays.files]))
`;

describe('an npz file', () => {
  it.skipIf(!numpyPython.python)(`is read by ${numpyPython.title}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'unroll-npz-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, 'model.npz');
    await writeFile(path, toNpz(tensors));
    const read: unknown[][] = JSON.parse(runPython(numpyPython.python ?? '', ['-c', READ, path]));
    const byName = (a: unknown[], b: unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);
    expect(read.sort(byName)).toEqual(described.sort(byName));
  });

  it('holds npy files whose header says type and shape, and whose numbers begin at a multiple of 64', () => {
    const files = unzipSync(toNpz(tensors));
    expect(Object.keys(files)).toHaveLength(tensors.size);
    const npy = files['lstm.Wx.npy'];
    expect(Buffer.from(npy.subarray(0, 8)).toString('latin1')).toBe('\x93NUMPY\x01\x00');
    const length = npy[8] + 256 * npy[9];
    expect((10 + length) % 64).toBe(0);
    expect(Buffer.from(npy.subarray(10, 10 + length)).toString('latin1')).toMatch(
      /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 3,\), \} *\n$/,
    );
    expect(npy.length).toBe(10 + length + 24);
  });

  it('is the same for the same tensors, whatever their order and the time zone', () => {
    const file = toNpz(tensors);
    const zone = process.env.TZ;
    onTestFinished(() => {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    });
    for (const other of ['Pacific/Kiritimati', 'America/Los_Angeles']) {
      process.env.TZ = other;
      expect(toNpz(new Map([...tensors].reverse()))).toEqual(file);
    }
  });

  it('is refused if the data does not fill the shape', () => {
    const short = new Map<string, NamedArray>([
      ['W', { dtype: 'f32', shape: [2, 2], data: new Float32Array(3) }],
    ]);
    expect(() => toNpz(short)).toThrow(CheckpointError);
    expect(() => toNpz(short)).toThrow('toNpz: "W": expected 4 numbers for the shape (2, 2), got 3');
  });

  it('is refused from 4 GiB on', () => {
    const array: NamedArray = { dtype: 'f32', shape: [2 ** 20], data: new Float32Array(2 ** 20) };
    const large = new Map(Array.from({ length: 1024 }, (_, i) => [`W${i}`, array]));
    expect(() => toNpz(large)).toThrow('toNpz: expected less than 4 GiB');
  });
});
