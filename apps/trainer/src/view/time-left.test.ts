import { describe, expect, it } from 'vitest';
import { TimeLeft } from './time-left.ts';

const shape = { steps: 1000, stepsPerEpoch: 400, tokensPerStep: 100 };

describe('TimeLeft', () => {
  it('knows nothing before the second logged step: the first holds what happens once', () => {
    const left = new TimeLeft(shape, () => 0);
    left.step({ step: 1, tokensPerSecond: 1 });
    expect([left.ofRun(), left.ofEpoch(), left.tokensPerSecond]).toEqual([undefined, undefined, undefined]);
    left.step({ step: 20, tokensPerSecond: 1000 });
    expect([left.ofRun(), left.ofEpoch(), left.tokensPerSecond]).toEqual([98, 38, 1000]);
  });

  it('counts evaluations as they were so far, and what has passed since', () => {
    let now = 0;
    const left = new TimeLeft(shape, () => now);
    left.step({ step: 100, tokensPerSecond: 1000 });
    now = 20_000; // ten seconds of training, and as much of an evaluation
    left.step({ step: 200, tokensPerSecond: 1000 });
    expect(left.ofRun()).toBeCloseTo(160);
    expect(left.ofEpoch()).toBeCloseTo(20);
    now = 25_000;
    expect(left.ofRun()).toBeCloseTo(155);
    now = 1e9;
    expect(left.ofRun()).toBe(0);
  });

  it('smooths the speed', () => {
    const left = new TimeLeft(shape, () => 0);
    for (const [i, tokensPerSecond] of [1, 1000, 1000, 500].entries())
      left.step({ step: i, tokensPerSecond });
    expect(left.tokensPerSecond).toBeCloseTo(100 / 0.12);
  });
});
