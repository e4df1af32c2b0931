import { describe, expect, it } from 'vitest';
import { flow, wrap } from './wrap.ts';

describe('wrap', () => {
  it('cuts at a space near the end, else anywhere', () => {
    expect(wrap('the cat sat on the mat', 10)).toEqual(['the cat', 'sat on the', 'mat']);
    expect(wrap('abcdefghijkl', 5)).toEqual(['abcde', 'fghij', 'kl']);
    expect(wrap('', 5)).toEqual(['']);
  });

  it('counts two columns for a Hangul syllable, and does not cut a character apart', () => {
    expect(wrap('가나다라마', 4)).toEqual(['가나', '다라', '마']);
    expect(wrap('👨‍👩‍👧👨‍👩‍👧', 3)).toEqual(['👨‍👩‍👧', '👨‍👩‍👧']);
  });
});

describe('flow', () => {
  it('puts as many parts into a line as fit, and cuts one that does not', () => {
    expect(flow(['loss 1', 'lr 20', 'grad 3'], 14)).toEqual(['loss 1   lr 20', 'grad 3']);
    expect(flow(['too long for this'], 8)).toEqual(['too long']);
  });
});
