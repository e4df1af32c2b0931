import { AdamW, ConstantSchedule } from '@unroll/optimizers';
import { StackedRnnlm } from '@unroll/rnnlm';
import { ReferenceBackend } from '@unroll/tensor';
import { BpttBatches } from '@unroll/text';
import { train } from '@unroll/training';
import { expect, it } from 'vitest';
import { bytesToTrain, expectFits } from './memory.ts';
import { choices, defaults, type LabSettings } from './settings.ts';

const sizes: Partial<LabSettings>[] = [
  { wordvecSize: 32, hiddenSize: 64, batchSize: 8, timeSize: 16 },
  { wordvecSize: 8, hiddenSize: 96, layers: 3, batchSize: 16, timeSize: 32 },
  { wordvecSize: 64, hiddenSize: 16, batchSize: 2, timeSize: 4 },
];

it.each(choices.cell.flatMap((cell) => sizes.map((size) => ({ ...size, cell }))))(
  'is what training takes, near enough, for %j',
  async (changes) => {
    const settings = { ...defaults, ...changes };
    const V = 500;
    const { cell, layers, wordvecSize, hiddenSize, batchSize, timeSize } = settings;
    const backend = new ReferenceBackend();
    const model = new StackedRnnlm({ backend, vocabSize: V, cell, layers, wordvecSize, hiddenSize });
    const optimizer = new AdamW({ lr: 0.001 });
    const ids = Int32Array.from({ length: 2 * batchSize * timeSize + 1 }, (_, i) => i % V);
    const events = train({
      ...{ model, optimizer, schedule: new ConstantSchedule({ lr: 0.001 }), maxSteps: 1 },
      batches: new BpttBatches(ids, { batchSize, timeSize }),
    });
    for await (const _ of events);
    const parameters = model.params.reduce((sum, { value }) => sum + 4 * value.size, 0);
    const taken = 3 * parameters + model.bytes; // gradients are among the bytes; weights and two averages are not
    expect(bytesToTrain(settings, V) / taken).toBeGreaterThan(0.6);
    expect(bytesToTrain(settings, V) / taken).toBeLessThan(1.7);
    model.dispose();
  },
);

it('refuses what a tab could not bear, with what to do', () => {
  expect(() => expectFits(defaults, 100)).not.toThrow();
  expect(() => expectFits({ ...defaults, hiddenSize: 1024, layers: 4 }, 5000)).not.toThrow();
  expect(() =>
    expectFits({ ...defaults, hiddenSize: 1024, layers: 4, batchSize: 128, timeSize: 256 }, 100),
  ).toThrow(/at most 1000 MB to train, got about [\d,]+ MB for 100 different tokens; lower H/);
  expect(() => expectFits({ ...defaults, tokenizer: 'word', hiddenSize: 512 }, 500_000)).toThrow(
    'or take characters instead of words',
  );
});
