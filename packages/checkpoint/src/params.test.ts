import { parameter, ReferenceBackend, tensor, zeros } from '@unroll/tensor';
import { expect, it } from 'vitest';
import { CheckpointError } from './checkpoint-error.ts';
import type { NamedArray } from './named-array.ts';
import { assignParams, paramsToArrays } from './params.ts';

const backend = new ReferenceBackend();
const array = (shape: number[], values: number[]): NamedArray => ({
  dtype: 'f64',
  shape,
  data: Float64Array.from(values),
});

it('copies weights out under their names and back in', async () => {
  const W = parameter('W', tensor(backend, [1, 2, 3, 4], [2, 2]));
  const b = parameter('b', tensor(backend, [5, 6], [2]));
  const arrays = await paramsToArrays([W, b]);
  expect([...arrays.keys()]).toEqual(['W', 'b']);
  expect(arrays.get('W')).toEqual({ dtype: 'f32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });

  W.value.write([0, 0, 0, 0]);
  assignParams([W, b], arrays, 'model.safetensors');
  expect(await W.value.read()).toEqual(Float32Array.of(1, 2, 3, 4));
});

it('refuses two parameters of one name', async () => {
  const twice = [parameter('W', zeros(backend, [1])), parameter('W', zeros(backend, [1]))];
  await expect(paramsToArrays(twice)).rejects.toThrow('got "W" twice');
});

it.each([
  ['a missing weight', new Map([['W', array([2], [1, 2])]]), 'missing "b"'],
  [
    'a wrong shape',
    new Map([
      ['W', array([1, 2], [1, 2])],
      ['b', array([1], [3])],
    ]),
    '"W" expected (2), got (1, 2)',
  ],
  [
    'a number that is none',
    new Map([
      ['W', array([2], [1, 2])],
      ['b', array([1], [Number.NaN])],
    ]),
    'got NaN at 0',
  ],
])('refuses %s and leaves every weight as it was', async (_, arrays: Map<string, NamedArray>, message) => {
  const W = parameter('W', tensor(backend, [7, 8], [2]));
  const b = parameter('b', tensor(backend, [9], [1]));
  expect(() => assignParams([W, b], arrays, 'model.safetensors')).toThrow(CheckpointError);
  expect(() => assignParams([W, b], arrays, 'model.safetensors')).toThrow(message);
  expect(await W.value.read()).toEqual(Float32Array.of(7, 8));
  expect(await b.value.read()).toEqual(Float32Array.of(9));
});
