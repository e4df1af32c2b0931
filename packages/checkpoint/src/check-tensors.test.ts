import { describe, expect, it } from 'vitest';
import { checkTensors } from './check-tensors.ts';
import { CheckpointError } from './checkpoint-error.ts';

const expected = [
  { name: 'embed.W', shape: [10, 4] },
  { name: 'scale', shape: [] },
];

const tensors = (entries: Record<string, number[]>): Map<string, { shape: number[] }> =>
  new Map(Object.entries(entries).map(([name, shape]) => [name, { shape }]));

const check = (entries: Record<string, number[]>): void =>
  checkTensors(tensors(entries), expected, 'model.safetensors');

describe('checkTensors', () => {
  it('accepts the expected tensors in any order', () => {
    expect(() => check({ scale: [], 'embed.W': [10, 4] })).not.toThrow();
  });

  it('names the file, the tensor and both shapes where a shape differs', () => {
    const wrong = (): void => check({ scale: [], 'embed.W': [10, 5] });
    expect(wrong).toThrow(CheckpointError);
    expect(wrong).toThrow(
      'model.safetensors: the tensors do not fit the model: wrong shape: "embed.W" expected (10, 4), got (10, 5). ' +
        'Build the model with the kind and sizes that the file was written with',
    );
  });

  it.each([[[10]], [[10, 4, 1]], [[4, 10]], [[]]])('refuses shape %j for (10, 4)', (shape) => {
    expect(() => check({ scale: [], 'embed.W': shape })).toThrow('"embed.W" expected (10, 4)');
  });

  it('lists what is missing and what is unknown together', () => {
    expect(() => check({ scale: [], 'embed.w': [10, 4] })).toThrow('missing "embed.W"; unknown "embed.w"');
  });

  it('lists a few names of many', () => {
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`extra${i}`, [1]]));
    expect(() => check({ scale: [], 'embed.W': [10, 4], ...many })).toThrow(
      'unknown "extra0", "extra1", "extra2", "extra3", "extra4" and 3 more.',
    );
  });
});
