import { describe, expect, it } from 'vitest';
import { CheckpointError } from './checkpoint-error.ts';

describe('CheckpointError', () => {
  it('is recognised by its marker, which errors of another copy of the package carry too', () => {
    const error = new CheckpointError('model.safetensors: damaged');
    expect(error.name).toBe('CheckpointError');
    expect(Reflect.get(error, Symbol.for('unroll.error'))).toBe('checkpoint');
    expect(CheckpointError.isInstance(error)).toBe(true);
    const foreign = Object.assign(new Error('x'), { [Symbol.for('unroll.error')]: 'checkpoint' });
    expect(CheckpointError.isInstance(foreign)).toBe(true);
  });

  it('is not any other value', () => {
    const other = Object.assign(new Error('x'), { [Symbol.for('unroll.error')]: 'shape' });
    for (const value of [new Error('x'), other, undefined, null, 'x', {}]) {
      expect(CheckpointError.isInstance(value)).toBe(false);
    }
  });
});
