import { describe, expect, it } from 'vitest';
import { CheckpointError, DiskError } from './checkpoint-error.ts';

describe('CheckpointError', () => {
  it('is recognised by its marker, which errors of another copy of the package carry too', () => {
    const error = new CheckpointError('model.safetensors: damaged');
    expect(error.name).toBe('CheckpointError');
    expect(Reflect.get(error, Symbol.for('unroll.error'))).toBe('checkpoint');
    expect(CheckpointError.isInstance(error)).toBe(true);
    const foreign = Object.assign(new Error('x'), { [Symbol.for('unroll.error')]: 'checkpoint' });
    expect(CheckpointError.isInstance(foreign)).toBe(true);
  });

  it('is also a DiskError, which is a kind of its own', () => {
    const error = new DiskError('model.safetensors: the disk is full');
    expect(error.name).toBe('DiskError');
    for (const Kind of [CheckpointError, DiskError]) expect(Kind.isInstance(error)).toBe(true);
    expect(DiskError.isInstance(new CheckpointError('damaged'))).toBe(false);
    expect(Object.keys(error)).not.toContain(Symbol.for('unroll.error'));
  });

  it('is not any other value', () => {
    const other = Object.assign(new Error('x'), { [Symbol.for('unroll.error')]: 'shape' });
    for (const value of [new Error('x'), other, undefined, null, 'x', {}]) {
      expect(CheckpointError.isInstance(value)).toBe(false);
    }
  });
});
