import { expect, test } from 'vitest';
import { tensor } from './create.ts';
import { parameter, transposed } from './parameter.ts';
import { ReferenceBackend } from './reference/reference-backend.ts';

const backend = new ReferenceBackend();

test('a new parameter has a gradient of zeros, of its shape and type', async () => {
  const { grad } = parameter('W', tensor(backend, [1, 2], [1, 2], 'f64'));
  expect(grad.shape).toEqual([1, 2]);
  expect(await grad.read()).toEqual(new Float64Array(2));
});

test('a transposed parameter shows and adds to the same numbers', async () => {
  const W = parameter('W', tensor(backend, [1, 2, 3, 4, 5, 6], [2, 3], 'f64'));
  const turned = transposed(W);
  expect(turned.value.shape).toEqual([3, 2]);
  expect(await turned.value.read()).toEqual(new Float64Array([1, 4, 2, 5, 3, 6]));
  const [a, b] = [tensor(backend, [1, 2, 3], [3, 1], 'f64'), tensor(backend, [1, 10], [1, 2], 'f64')];
  backend.addmm(turned.grad, a, b);
  expect(await W.grad.read()).toEqual(new Float64Array([1, 2, 3, 10, 20, 30]));
});
