import { findCase } from '@unroll/fixtures/find-case';
import tinyTrajectory from '@unroll/fixtures/tiny-trajectory.json' with { type: 'json' };
import trainingVariants from '@unroll/fixtures/training-variants.json' with { type: 'json' };
import { trajectoryWeights } from '@unroll/fixtures/trajectory-weights';
import {
  Adam,
  ConstantSchedule,
  ExponentialAverage,
  PlateauSchedule,
  SGD,
  TriggeredAverage,
} from '@unroll/optimizers';
import { Rnnlm, StackedRnnlm } from '@unroll/rnnlm';
import { type Parameter, Random, ReferenceBackend } from '@unroll/tensor';
import { BpttBatches, type BpttBatchesOptions } from '@unroll/text';
import { describe, expect, it } from 'vitest';
import { DivergedError } from './diverged-error.ts';
import { evaluate } from './evaluate.ts';
import type { TrainingEvent } from './events.ts';
import { train } from './train.ts';
import type { TrainOptions } from './train-options.ts';
import type { TrainingState } from './training-state.ts';

const [{ options: tiny, inputs, expected }] = tinyTrajectory.cases;
const corpus = Int32Array.from(inputs.corpus.data);

/** The tiny model of the fixture, ready to train by its recipe: 26 steps make an epoch. */
function setUp({
  lr = tiny.lr,
  cut,
  ...changes
}: Partial<TrainOptions> & { lr?: number; cut?: BpttBatchesOptions } = {}): TrainOptions {
  const backend = new ReferenceBackend();
  const model = new Rnnlm({
    backend,
    vocabSize: tiny.V,
    wordvecSize: tiny.D,
    hiddenSize: tiny.H,
    dtype: 'f64',
  });
  const weights = trajectoryWeights(Random, tiny);
  for (const { name, value } of model.params) value.write(weights.get(name)?.data ?? []);
  return {
    model,
    optimizer: new SGD({ lr }),
    schedule: new ConstantSchedule({ lr }),
    batches: new BpttBatches(corpus, { batchSize: tiny.N, timeSize: tiny.T, ...cut }),
    maxGrad: tiny.maxNorm,
    ...changes,
  };
}

const readAll = (params: readonly Parameter[]) => Promise.all(params.map(({ value }) => value.read()));

async function collect(events: AsyncIterable<TrainingEvent>): Promise<TrainingEvent[]> {
  const collected: TrainingEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

const ofType = <Type extends TrainingEvent['type']>(events: readonly TrainingEvent[], type: Type) =>
  events.filter((event): event is Extract<TrainingEvent, { type: Type }> => event.type === type);

describe('train', () => {
  it('follows the losses, gradient norms and weights of an independent NumPy run', async () => {
    const options = setUp({ maxSteps: tiny.steps, logEvery: 1 });
    const steps = ofType(await collect(train(options)), 'step');
    expect(steps).toHaveLength(tiny.steps);
    for (const [i, { step, loss, gradNorm, perplexity }] of steps.entries()) {
      expect(step).toBe(i + 1);
      expect(Math.abs(loss / expected.losses.data[i] - 1)).toBeLessThan(1e-9);
      expect(Math.abs(gradNorm / expected.norms.data[i] - 1)).toBeLessThan(1e-9);
      expect(perplexity).toBe(Math.exp(loss));
    }
    const sums = expected as unknown as Record<string, { data: number[] }>;
    for (const { name, value } of options.model.params) {
      const squares = Array.from(await value.read()).reduce((sum, x) => sum + x * x, 0);
      expect(Math.abs(squares / sums[`sumOfSquares.${name}`].data[0] - 1)).toBeLessThan(1e-9);
    }
  });

  it('logs the first step, every so many, and the last, each with its own loss', async () => {
    const steps = ofType(await collect(train(setUp({ maxSteps: 25, logEvery: 10 }))), 'step');
    expect(steps.map(({ step }) => step)).toEqual([1, 10, 20, 25]);
    for (const { step, loss } of steps) expect(loss).toBeCloseTo(expected.losses.data[step - 1], 9);
  });

  it('ends every epoch with the mean loss of its steps', async () => {
    const events = await collect(train(setUp({ epochs: 2, logEvery: 7 })));
    const epochs = ofType(events, 'epoch');
    expect(epochs.map(({ step, epoch }) => [step, epoch])).toEqual([
      [26, 1],
      [52, 2],
    ]);
    const mean = expected.losses.data.slice(0, 26).reduce((sum, loss) => sum + loss, 0) / 26;
    expect(epochs[0].loss).toBeCloseTo(mean, 9);
    expect(ofType(events, 'step').at(-1)).toMatchObject({ step: 52, epoch: 2 });
  });

  it('evaluates after every epoch and at the end, or at every interval and at the end', async () => {
    const validation = corpus.subarray(0, 60);
    const evaluation = { batchSize: 2, timeSize: 5 };
    const byEpoch = await collect(train(setUp({ epochs: 2, maxSteps: 30, validation, evaluation })));
    expect(ofType(byEpoch, 'evaluation').map(({ step }) => step)).toEqual([26, 30]);
    const events = await collect(
      train(setUp({ epochs: 2, maxSteps: 30, evalInterval: 12, validation, evaluation })),
    );
    const evaluations = ofType(events, 'evaluation');
    expect(evaluations.map(({ step }) => step)).toEqual([12, 24, 30]);
    expect(evaluations[0]).toMatchObject({ predictions: 50, best: true, loweredLr: undefined });
    const best = evaluations.map(({ loss }, i) =>
      evaluations.slice(0, i).every((before) => loss < before.loss),
    );
    expect(evaluations.map((event) => event.best)).toEqual(best);
  });

  it('is not disturbed by evaluations: the state it carries is as it was', async () => {
    const validation = corpus.subarray(0, 60);
    const evaluation = { batchSize: 2, timeSize: 5 };
    const options = setUp({ maxSteps: 12, logEvery: 1, validation, evalInterval: 1, evaluation });
    const steps = ofType(await collect(train(options)), 'step');
    for (const [i, { loss }] of steps.entries()) expect(loss).toBeCloseTo(expected.losses.data[i], 9);
  });

  it('lets the schedule lower the rate after an evaluation that is no better', async () => {
    const validation = corpus.subarray(0, 60);
    const options = setUp({ maxSteps: 4, logEvery: 1, validation, evalInterval: 2 });
    const schedule = new PlateauSchedule({ lr: 1 });
    schedule.setState({ lr: 1, best: 0 });
    const events = await collect(train({ ...options, schedule, evaluation: { exact: true } }));
    expect(ofType(events, 'evaluation').map(({ loweredLr }) => loweredLr)).toEqual([0.25, 0.0625]);
    expect(ofType(events, 'step').map(({ lr }) => lr)).toEqual([1, 1, 0.25, 0.25]);
  });

  it('names the step at which the loss stopped being a number, also between logged steps', async () => {
    const options = setUp({ lr: 1e300, maxGrad: undefined, maxSteps: 20, logEvery: 20 });
    const seen = train(setUp({ lr: 1e300, maxGrad: undefined, maxSteps: 20, logEvery: 1 }));
    const first = await collect(seen).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(first).toBeInstanceOf(DivergedError);
    const error = await collect(train(options)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DivergedError);
    expect((error as DivergedError).step).toBe((first as DivergedError).step);
    expect((error as DivergedError).step).toBeGreaterThan(1);
    expect((error as DivergedError).message).toContain(`at step ${(error as DivergedError).step}`);
  });

  it('takes a loss that has been twice that of guessing blindly for 200 steps as diverged', async () => {
    const sure = setUp({ lr: 0, maxSteps: 300, epochs: 20, logEvery: 7 });
    const bias = sure.model.params.find(({ name }) => name === 'affine.b')?.value;
    // Sure of one token, which is not the one that comes.
    bias?.write(Array.from({ length: tiny.V }, (_, id) => (id === 0 ? 100 : 0)));
    const seen: TrainingEvent[] = [];
    const error = await (async () => {
      for await (const event of train(sure)) seen.push(event);
    })().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DivergedError);
    expect((error as DivergedError).step).toBe(200);
    expect((error as DivergedError).message).toContain('for 200 steps the loss has been above');
    expect(seen.at(-1)).toMatchObject({ step: 196 });
  });

  it('ends early when evaluations are no better for long, also when it goes on from there', async () => {
    const validation = corpus.subarray(0, 60);
    const make = (changes: Partial<TrainOptions> = {}) =>
      setUp({
        lr: 0,
        maxSteps: 40,
        epochs: 2,
        validation,
        evalInterval: 4,
        patience: 3,
        evaluation: { exact: true },
        ...changes,
      });
    const events = await collect(train(make()));
    expect(ofType(events, 'evaluation').map(({ step, best }) => [step, best])).toEqual([
      [4, true],
      [8, false],
      [12, false],
      [16, false],
    ]);
    expect(events.at(-1)).toEqual({ type: 'end', step: 16, reason: 'patience' });
    const { state } = ofType(events, 'checkpoint')[0];
    expect(state).toMatchObject({ step: 16, evaluationsSinceBest: 3, evaluationDue: false });
    expect(await collect(train(make({ state })))).toEqual([{ type: 'end', step: 16, reason: 'patience' }]);
    const [last] = (await collect(train(make({ patience: undefined })))).slice(-1);
    expect(last).toEqual({ type: 'end', step: 40, reason: 'steps' });
  });

  it('breaks an evaluation off when aborted, and makes it when it goes on', async () => {
    const validation = corpus.subarray(0, 60);
    const make = (changes: Partial<TrainOptions> = {}) =>
      setUp({
        maxSteps: 8,
        validation,
        evalInterval: 4,
        evaluation: { exact: true, timeSize: 5 },
        ...changes,
      });
    let pauses = 0;
    const signal = {
      get aborted() {
        return pauses > 6; // four steps, and some of the evaluation
      },
    };
    const pause = async () => {
      pauses++;
    };
    const first = make({ signal, pause });
    const events = await collect(train(first));
    expect(ofType(events, 'evaluation')).toEqual([]);
    expect(ofType(events, 'checkpoint')).toMatchObject([{ step: 4, state: { evaluationDue: true } }]);
    expect(events.at(-1)).toEqual({ type: 'end', step: 4, reason: 'signal' });
    const { state } = ofType(events, 'checkpoint')[0];
    const { model, optimizer } = first;
    const rest = await collect(train(make({ model, optimizer, state })));
    expect(ofType(rest, 'evaluation').map(({ step }) => step)).toEqual([4, 8]);
  });

  it('ends after a given step as if it had been aborted there', async () => {
    const events = await collect(train(setUp({ logEvery: 100, stopAfter: 3 })));
    expect(events.map(({ type, step }) => [type, step])).toEqual([
      ['step', 1],
      ['checkpoint', 3],
      ['end', 3],
    ]);
  });

  it('asks for a checkpoint again after an evaluation, and tells which step was the best', async () => {
    const validation = corpus.subarray(0, 60);
    let evaluated = false;
    const options = setUp({ maxSteps: 6, validation, evalInterval: 4, evaluation: { exact: true } });
    const saved: number[] = [];
    for await (const event of train({ ...options, wantsCheckpoint: () => evaluated && saved.length === 0 })) {
      if (event.type === 'evaluation') evaluated = true;
      if (event.type === 'checkpoint') {
        saved.push(event.step);
        expect(event.state).toMatchObject({ step: 4, bestStep: 4, evaluationDue: false });
      }
    }
    expect(saved).toEqual([4]);
  });

  it('ends after the step at hand when aborted, with a checkpoint event', async () => {
    const signal = { aborted: false };
    let pauses = 0;
    const pause = async () => {
      if (++pauses === 5) signal.aborted = true;
    };
    const [validation, evaluation] = [corpus.subarray(0, 60), { exact: true }];
    const events = await collect(train(setUp({ logEvery: 100, signal, pause, validation, evaluation })));
    expect(events.map(({ type, step }) => [type, step])).toEqual([
      ['step', 1],
      ['checkpoint', 5],
      ['end', 5],
    ]);
  });

  it.each<[how: string, make: () => Partial<TrainOptions> & { cut?: BpttBatchesOptions }]>([
    ['as the book does', () => ({})],
    [
      'with blocks of random lengths',
      () => ({ cut: { timeSize: 8, randomLength: true, randomStart: true } }),
    ],
    ['with several blocks for an update', () => ({ accumulate: 3 })],
    [
      'with dropout and penalties',
      () => ({
        model: new StackedRnnlm({
          ...{
            backend: new ReferenceBackend(),
            vocabSize: tiny.V,
            wordvecSize: 6,
            hiddenSize: 6,
            dtype: 'f64',
          },
          ...{ layers: 2, head: 'tied', dropouts: { input: 0.3, hidden: 0.2, weights: 0.3 } },
          penalties: { activation: 2, temporal: 1 },
        }),
      }),
    ],
    ['with an average', () => ({ average: new ExponentialAverage({ decay: 0.7 }) })],
    ['with an average that begins later', () => ({ average: new TriggeredAverage({ nonmono: 1 }) })],
  ])(
    'goes on from a checkpoint to the same bits as if it had never stopped, wherever that was: %s',
    async (_how, vary) => {
      const validation = corpus.subarray(0, 60);
      const evaluation = { batchSize: 2, timeSize: 5 };
      const more = { epochs: 3, maxSteps: 60, logEvery: 7, evalInterval: 9, validation, evaluation };
      const make = (changes: Partial<TrainOptions> = {}) =>
        setUp({
          ...more,
          optimizer: new Adam({ lr: 0.05 }),
          schedule: new PlateauSchedule({ lr: 0.05, factor: 1.5 }),
          ...vary(),
          ...changes,
        });
      /** What does not depend on the clock. */
      const timeless = (events: readonly TrainingEvent[]) =>
        events.map((event) => ({ ...event, tokensPerSecond: 0, seconds: 0 }));
      const whole = make();
      const expectedEvents = await collect(train(whole));
      const expectedWeights = await readAll(whole.model.params);
      const expectedAverage = await whole.average?.getState();
      const last = expectedEvents.at(-1)?.step ?? 0;
      expect(expectedEvents.at(-1)).toEqual({ type: 'end', step: last, reason: 'steps' });

      const cuts = [1, 6, 7, 9, 25, 26, 27, 52, 59, 60].filter((cut) => cut <= last);
      for (const [cut, aborts] of cuts.flatMap((cut) => [[cut, false] as const, [cut, true] as const])) {
        let steps = 0;
        const signal = {
          get aborted() {
            return aborts && ++steps === cut;
          },
        };
        const first = make({ signal, wantsCheckpoint: (step) => !aborts && step === cut });
        const events: TrainingEvent[] = [];
        let state: TrainingState | undefined;
        for await (const event of train(first)) {
          if (event.type !== 'checkpoint') events.push(event);
          else {
            state = JSON.parse(JSON.stringify(event.state));
            break;
          }
        }
        const second = make({ state });
        const weights = await readAll(first.model.params);
        for (const [i, { value }] of second.model.params.entries()) value.write(weights[i]);
        second.model.setState(await first.model.getState());
        second.optimizer.setState(await first.optimizer.getState(), second.model.params);
        if (first.average) second.average?.setState(await first.average.getState(), second.model.params);
        events.push(...(await collect(train(second))));
        expect(timeless(events)).toEqual(timeless(expectedEvents));
        expect(await readAll(second.model.params)).toEqual(expectedWeights);
        expect(await second.average?.getState()).toEqual(expectedAverage);
      }
    },
  );

  it.each(['accumulate', 'random-length', 'random-start', 'all', 'average'])(
    'follows an independent NumPy run that trains otherwise: %s',
    async (name) => {
      const { options: cut, expected } = findCase(trainingVariants, name);
      const { steps: maxSteps, accumulate, decay, evalInterval } = cut;
      const average = decay === undefined ? undefined : new ExponentialAverage({ decay });
      const validation = average && corpus.subarray(0, 60);
      const evaluation = { exact: true, timeSize: 59 };
      const options = setUp({
        maxSteps,
        accumulate,
        average,
        epochs: 50,
        logEvery: 1,
        ...{ validation, evaluation },
      });
      const batches = new BpttBatches(corpus, {
        batchSize: cut.N,
        timeSize: cut.T,
        randomLength: Boolean(cut.randomLength),
        randomStart: Boolean(cut.randomStart),
        seed: cut.seed,
      });
      const events = await collect(train({ ...options, batches, evalInterval }));
      const steps = ofType(events, 'step');
      expect(steps).toHaveLength(maxSteps);
      for (const [i, { loss, gradNorm, lr }] of steps.entries()) {
        expect(Math.abs(loss / expected.losses.data[i] - 1)).toBeLessThan(1e-9);
        expect(Math.abs(gradNorm / expected.norms.data[i] - 1)).toBeLessThan(1e-8);
        expect(lr).toBe(tiny.lr);
      }
      const total = expected.lengths.data.reduce((sum, length) => sum + length, 0);
      expect(batches.position).toBe(total);
      const evaluations = ofType(events, 'evaluation').map(({ loss }) => loss);
      expect(evaluations).toHaveLength(expected.evaluations?.data.length ?? 0);
      for (const [i, loss] of evaluations.entries())
        expect(loss).toBeCloseTo(expected.evaluations.data[i], 9);
    },
  );

  it('averages the gradients of penalties, too: the same block twice is as good as once', async () => {
    const run = async (accumulate: number) => {
      const model = new StackedRnnlm({
        ...{
          backend: new ReferenceBackend(),
          vocabSize: tiny.V,
          wordvecSize: 6,
          hiddenSize: 6,
          dtype: 'f64',
        },
        penalties: { activation: 20, temporal: 10 },
      });
      // A text that goes round in blocks, so that each one is the same; no state is carried.
      const ids = Int32Array.from({ length: 101 }, (_, i) => i % 5);
      const batches = new BpttBatches(ids, { batchSize: 2, timeSize: 5 });
      Object.defineProperty(batches, 'continues', { value: false });
      const options = setUp({ model, batches, accumulate, maxSteps: 3, maxGrad: undefined });
      await collect(train(options));
      return (await readAll(model.params)).flatMap((values) => [...values]);
    };
    const [once, twice] = [await run(1), await run(2)];
    for (const [i, weight] of once.entries()) expect(twice[i]).toBeCloseTo(weight, 12);
  });

  it('reads as many epochs as it is told to, however many steps that takes', async () => {
    const options = setUp({ epochs: 3, cut: { timeSize: 8, randomLength: true, seed: 4 } });
    const epochs = ofType(await collect(train(options)), 'epoch');
    const ends = [1, 2, 3].map((count) => options.batches.stepsIn(count));
    expect(epochs.map(({ step, epoch }) => [step, epoch])).toEqual(ends.map((end, i) => [end, i + 1]));
    expect(new Set(ends.map((end, i) => end - (ends[i - 1] ?? 0))).size).toBeGreaterThan(1);

    const accumulated = ofType(await collect(train(setUp({ epochs: 3, accumulate: 4 }))), 'epoch');
    // 26 blocks each; an update may take the first ones of the next epoch, too.
    expect(accumulated.map(({ step, epoch }) => [step, epoch])).toEqual([
      [7, 1],
      [13, 2],
      [20, 3],
    ]);
  });

  it('trains while it makes a step, and at no other time; then it is what it was', async () => {
    const validation = corpus.subarray(0, 60);
    for (const training of [true, false]) {
      const seen: boolean[] = [];
      const options = setUp({
        maxSteps: 4,
        evalInterval: 2,
        validation,
        evaluation: { exact: true },
        logEvery: 1,
      });
      const { model } = options;
      const update = options.optimizer.update.bind(options.optimizer);
      options.optimizer.update = (params) => {
        seen.push(model.training);
        update(params);
      };
      model.training = training;
      for await (const { type } of train({ ...options, wantsCheckpoint: () => true })) {
        expect([type, model.training]).toEqual([type, false]);
      }
      expect(seen).toEqual([true, true, true, true]);
      expect(model.training).toBe(training);
    }
    const leaving = setUp({ logEvery: 1 });
    for await (const { step } of train(leaving)) if (step === 2) break;
    expect(leaving.model.training).toBe(true);
    const failing = setUp();
    failing.optimizer.update = () => {
      throw new Error('no update');
    };
    failing.model.training = false;
    await expect(collect(train(failing))).rejects.toThrow('no update');
    expect(failing.model.training).toBe(false);
  });

  it('shows the averaged weights at evaluation events, and trains on with the others', async () => {
    const validation = corpus.subarray(0, 60);
    const more = { maxSteps: 12, logEvery: 1, evalInterval: 4, validation, evaluation: { exact: true } };
    const plain = setUp(more);
    const expectedSteps = ofType(await collect(train(plain)), 'step').map(({ loss }) => loss);
    const average = new ExponentialAverage({ decay: 0.5 });
    const options = setUp({ ...more, average });
    const { params } = options.model;
    const losses: number[] = [];
    for await (const event of train({ ...options, wantsCheckpoint: () => true })) {
      if (event.type === 'step') losses.push(event.loss);
      if (event.type === 'evaluation') {
        // What is saved as the best here is what was evaluated.
        const again = await evaluate(options.model, validation, { exact: true });
        expect(again.loss).toBe(event.loss);
        expect(() => average.update(params)).toThrow('the averages are there');
      }
      if (event.type === 'checkpoint') await average.getState();
    }
    expect(losses).toEqual(expectedSteps);
    expect(await readAll(params)).toEqual(await readAll(plain.model.params));

    const leaving = setUp({ ...more, average: new ExponentialAverage() });
    for await (const { type } of train(leaving)) if (type === 'evaluation') break;
    const unaveraged = setUp({ ...more, maxSteps: 4 });
    await collect(train(unaveraged));
    expect(await readAll(leaving.model.params)).toEqual(await readAll(unaveraged.model.params));
  });

  it('tells an average how evaluations went, so that it knows when to begin', async () => {
    const validation = corpus.subarray(0, 60);
    const average = new TriggeredAverage({ nonmono: 1 });
    // Diverging a little: the second evaluation after the best is worse than it.
    const options = setUp({
      lr: 60,
      maxSteps: 24,
      evalInterval: 2,
      validation,
      evaluation: { exact: true },
      average,
    });
    const losses: number[] = [];
    for await (const event of train(options)) {
      if (event.type === 'evaluation' && !average.isActive) losses.push(event.loss);
    }
    const worse = losses.findIndex((loss, i) =>
      losses.slice(0, Math.max(0, i - 1)).some((before) => loss > before),
    );
    expect(worse).toBeGreaterThan(0);
    expect(average.isActive).toBe(true);
    // The average is there from the next update on, and so at the next evaluation.
    expect(losses).toHaveLength(worse + 1);
  });

  it('starts from zeros where rows do not continue, and nowhere else', async () => {
    const resets = async (cut: BpttBatchesOptions) => {
      const options = setUp({ epochs: 3, cut });
      const { model, batches } = options;
      const seen: number[] = [];
      const resetState = model.resetState.bind(model);
      model.resetState = () => {
        seen.push(batches.epoch);
        resetState();
      };
      await collect(train(options));
      return seen;
    };
    expect(await resets({})).toEqual([]);
    expect(await resets({ randomStart: true })).toEqual([0, 1, 2]);
  });

  it.each([
    [{ step: -1 }, 'step'],
    [{ epoch: 0 }, 'epoch'],
    [{ epochLoss: null }, 'epochLoss'],
    [{ epochSteps: undefined }, 'epochSteps'],
    [{ evaluationDue: 1 }, 'evaluationDue'],
    [{ bestLoss: 'good' }, 'bestLoss'],
    [{ bestStep: 1.5 }, 'bestStep'],
    [{ evaluationsSinceBest: -1 }, 'evaluationsSinceBest'],
    [{ stepsAbove: 0.5 }, 'stepsAbove'],
    [{ position: 0.5 }, 'position'],
    [{ schedule: undefined }, 'schedule'],
  ])('refuses a state with %o', async (changes, name) => {
    const state = {
      ...{
        step: 3,
        epoch: 1,
        epochLoss: 8,
        epochSteps: 3,
        evaluationDue: false,
        bestLoss: null,
        position: 15,
      },
      ...{
        bestStep: null,
        evaluationsSinceBest: 0,
        stepsAbove: 0,
        schedule: { lr: 1, best: null },
        ...changes,
      },
    } as unknown as TrainingState;
    await expect(collect(train(setUp({ state })))).rejects.toThrow(`train: expected ${name} of the state`);
  });

  it('gives back what it took, also when its reader leaves early', async () => {
    const options = setUp({ logEvery: 1 });
    const { backend } = options.model;
    const before = backend.bytes - options.model.bytes;
    for await (const event of train(options)) {
      if (event.step === 3) break;
    }
    expect(backend.bytes - options.model.bytes).toBe(before);
  });

  it('holds the same bytes after every step', async () => {
    const options = setUp({ maxSteps: 100, logEvery: 1 });
    const held: number[] = [];
    for await (const event of train(options)) {
      if (event.type === 'step') held.push(options.model.backend.bytes);
    }
    expect(new Set(held.slice(1)).size).toBe(1);
  });

  it('holds no more bytes for blocks of all lengths than for the longest', async () => {
    const options = setUp({
      maxSteps: 400,
      epochs: 100,
      logEvery: 1,
      cut: { timeSize: 8, randomLength: true },
    });
    const held: number[] = [];
    for await (const event of train(options)) {
      if (event.type === 'step') held.push(options.model.backend.bytes);
    }
    const longest = held.indexOf(Math.max(...held));
    expect(longest).toBeLessThan(300);
    expect(new Set(held.slice(longest)).size).toBe(1);
  });

  it('tells tokens per second by the clock that it is given', async () => {
    let time = 0;
    const pause = async () => {
      time += 3;
    };
    const steps = ofType(
      await collect(train(setUp({ maxSteps: 20, logEvery: 10, now: () => time, pause }))),
      'step',
    );
    expect(steps.map(({ tokensPerSecond }) => tokensPerSecond)).toEqual([5000, 5000, 5000]);
  });

  it.each([
    [{ epochs: 0 }, 'epochs'],
    [{ logEvery: 1.5 }, 'logEvery'],
    [{ maxSteps: -1 }, 'maxSteps'],
    [{ evalInterval: Number.NaN }, 'evalInterval'],
    [{ patience: 0 }, 'patience'],
    [{ accumulate: 0 }, 'accumulate'],
    [{ stopAfter: 0 }, 'stopAfter'],
  ])('refuses %o', async (changes, name) => {
    await expect(collect(train(setUp(changes)))).rejects.toThrow(
      `train: expected ${name} to be a whole number from 1, got ${Object.values(changes)[0]}`,
    );
  });

  it('refuses patience where there is nothing to evaluate on', async () => {
    await expect(collect(train(setUp({ patience: 2 })))).rejects.toThrow(
      'train: expected validation with patience',
    );
  });

  it("leaves the optimizer's learning rate what it is where there is no schedule", async () => {
    const [given, none] = [setUp({ maxSteps: 30 }), setUp({ maxSteps: 30, schedule: undefined })];
    expect(
      (await collect(train(none))).map((event) => ({ ...event, seconds: 0, tokensPerSecond: 0 })),
    ).toEqual((await collect(train(given))).map((event) => ({ ...event, seconds: 0, tokensPerSecond: 0 })));
    expect(await readAll(none.model.params)).toEqual(await readAll(given.model.params));
    expect(none.optimizer.lr).toBe(tiny.lr);
  });

  it.each([
    ['by the protocol', 350, {}, 'train: expected validation to be 351 tokens or more, got 350'],
    ['exactly', 1, { exact: true }, 'train: expected validation to be 2 tokens or more, got 1'],
  ])(
    'refuses a text too short to be evaluated %s before it trains',
    async (_, length, evaluation, message) => {
      const options = setUp({ validation: corpus.subarray(0, length), evaluation });
      const before = await readAll(options.model.params);
      await expect(collect(train(options))).rejects.toThrow(message);
      expect(await readAll(options.model.params)).toEqual(before);
    },
  );
});
