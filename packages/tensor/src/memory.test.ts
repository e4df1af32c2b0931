import { beforeEach, describe, expect, test } from 'vitest';
import { zeros } from './create.ts';
import { ShapeError, StateError, ValueError } from './errors.ts';
import { Memory } from './memory.ts';
import { parameter } from './parameter.ts';
import { ReferenceBackend } from './reference/reference-backend.ts';

let backend: ReferenceBackend;
let memory: Memory;

beforeEach(() => {
  backend = new ReferenceBackend();
  memory = new Memory();
});

describe('take', () => {
  test('gives the same tensor for the same name and shape', () => {
    const x = memory.take('x', backend, [4, 5], 'f32');
    expect(memory.take('x', backend, [4, 5], 'f32')).toBe(x);
    expect(memory.take('y', backend, [4, 5], 'f32')).not.toBe(x);
    expect(backend.bytes).toBe(2 * 20 * 4);
  });

  test('reuses the memory for a shape that fits in it, and for the first shape again', () => {
    const { storage } = memory.take('x', backend, [4, 5], 'f32');
    const small = memory.take('x', backend, [2, 3, 3], 'f32');
    expect(small.storage).toBe(storage);
    expect(small.shape).toEqual([2, 3, 3]);
    expect(memory.take('x', backend, [4, 5], 'f32').storage).toBe(storage);
    expect(backend.bytes).toBe(20 * 4);
  });

  test('gives the old memory back for a shape that does not fit', () => {
    const { storage } = memory.take('x', backend, [4, 5], 'f32');
    memory.take('x', backend, [5, 5], 'f32');
    expect(storage.freed).toBe(true);
    expect(backend.bytes).toBe(25 * 4);
  });

  test('goes on where a backend has refused memory', () => {
    memory.take('x', backend, [4, 5], 'f32');
    const { allocate } = backend;
    backend.allocate = () => {
      throw new ValueError('no room');
    };
    expect(() => memory.take('x', backend, [40, 50], 'f32')).toThrow('no room');
    backend.allocate = allocate;
    for (const shape of [
      [4, 5],
      [2, 3],
    ]) {
      expect(memory.take('x', backend, shape, 'f32').storage.freed).toBe(false);
    }
    expect(backend.bytes).toBe(20 * 4);
  });

  test('takes new memory for another type or backend', () => {
    memory.take('x', backend, [4], 'f32');
    expect(memory.take('x', backend, [2], 'f64').dtype).toBe('f64');
    const other = new ReferenceBackend();
    expect(memory.take('x', other, [2], 'f64').backend).toBe(other);
    expect(backend.bytes).toBe(0);
  });

  test('refuses what is not a shape, and keeps what it had', () => {
    const x = memory.take('x', backend, [4], 'f32');
    expect(() => memory.take('x', backend, [0], 'f32')).toThrow(ShapeError);
    expect(() => memory.take('x', backend, [100, 1.5], 'f32')).toThrow(ShapeError);
    expect(memory.take('x', backend, [4], 'f32')).toBe(x);
    expect(x.storage.freed).toBe(false);
  });
});

describe('parameter', () => {
  test('makes one around a weight, with a gradient that belongs to the memory', async () => {
    const W = zeros(backend, [2, 3], 'f64');
    const made = memory.parameter('W', W);
    expect(made.name).toBe('W');
    expect(made.value).toBe(W);
    expect(await made.grad.read()).toEqual(new Float64Array(6));
    memory.dispose();
    expect(made.grad.storage.freed).toBe(true);
    expect(W.storage.freed).toBe(false);
  });

  test('takes one as it is', () => {
    const shared = parameter('W', zeros(backend, [2, 3]));
    expect(memory.parameter('Wx', shared)).toBe(shared);
    memory.dispose();
    expect(shared.grad.storage.freed).toBe(false);
  });
});

describe('bytes', () => {
  test('counts buffers and what is owned, as long as it is held', () => {
    memory.take('x', backend, [3], 'f32');
    const owned = memory.own(zeros(backend, [5], 'f64'));
    expect(memory.bytes).toBe(3 * 4 + 5 * 8);
    owned.dispose();
    expect(memory.bytes).toBe(3 * 4);
    memory.dispose();
    expect(memory.bytes).toBe(0);
  });
});

describe('dispose', () => {
  test('gives everything back, and may be called again', () => {
    memory.take('x', backend, [3], 'f32');
    memory.own(zeros(backend, [5]));
    memory.dispose();
    memory.dispose();
    expect(backend.bytes).toBe(0);
  });

  test('is final', () => {
    memory.dispose();
    expect(() => memory.take('hs', backend, [3], 'f32')).toThrow(StateError);
    expect(() => memory.take('hs', backend, [3], 'f32')).toThrow(
      'Memory: expected to be in use when asked for hs, but dispose() was called; make a new layer or model',
    );
    expect(() => memory.own(zeros(backend, [1]))).toThrow('asked for a tensor');
  });
});
