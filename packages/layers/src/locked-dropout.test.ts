import { ReferenceBackend, tensor } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { LockedDropout } from './locked-dropout.ts';

describe('LockedDropout', () => {
  it('has one mask for all time steps, another for each sequence, and another in the next block', async () => {
    const [N, T, D] = [3, 4, 50];
    const ones = tensor(new ReferenceBackend(), new Array(N * T * D).fill(1), [N, T, D]);
    const layer = new LockedDropout(0.5);
    const first = layer.forward(ones);
    const mask = Array.from(await first.at(0).read());
    for (let t = 1; t < T; t++) expect(Array.from(await first.at(t).read())).toEqual(mask);
    expect(mask.slice(D, 2 * D)).not.toEqual(mask.slice(0, D));

    const second = layer.forward(ones);
    expect(Array.from(await second.at(0).read())).not.toEqual(mask);
  });
});
