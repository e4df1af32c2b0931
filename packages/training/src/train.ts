import { perplexity } from '@unroll/losses';
import { clipGrads, gradNorm, type Optimizer, type Schedule, zeroGrads } from '@unroll/optimizers';
import type { LanguageModel } from '@unroll/rnnlm';
import { Memory, ValueError, zeros } from '@unroll/tensor';
import type { BpttBatches, TokenIds } from '@unroll/text';
import { DivergedError } from './diverged-error.ts';
import { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
import type { CheckpointEvent, EvaluationEvent, StepEvent, TrainingEvent } from './events.ts';
import { StepHistory } from './step-history.ts';
import { checkTrainingState, type TrainingState } from './training-state.ts';

export interface TrainOptions {
  model: LanguageModel;
  optimizer: Optimizer;
  schedule: Schedule;
  batches: BpttBatches;
  /** The gradients' common norm is clipped at this; undefined: not at all. */
  maxGrad?: number;
  /** How often the text is read. */
  epochs?: number;
  /** Ends earlier, after this many steps. */
  maxSteps?: number;
  /** A step event for the first step, every so many, and the last. */
  logEvery?: number;
  /** The text to evaluate on. */
  validation?: TokenIds;
  /** Evaluates every so many steps and at the end; by default after every epoch. */
  evalInterval?: number;
  evaluation?: EvaluateOptions;
  /** Ends early when so many evaluations in a row were no better than the best before them. */
  patience?: number;
  /** Ends, without an error, after the step at hand and a checkpoint event; an evaluation is broken off, and made when the run goes on. */
  signal?: { readonly aborted: boolean };
  /** Ends likewise after this step. */
  stopAfter?: number;
  /** Asked after every step, and before the end: is it time for a checkpoint event? By default never, but when the run ends early. */
  wantsCheckpoint?: (step: number) => boolean;
  /**
   * Goes on from here. The weights, the optimizer's state and the model's are those that were saved with it, set by the caller; the
   * options are the same.
   */
  state?: TrainingState;
  /** Awaited after every step, so that an application stays responsive: `() => new Promise(setImmediate)`. */
  pause?: () => Promise<void>;
  /** Milliseconds; what tokens per second are measured with. */
  now?: () => number;
}

/**
 * Trains by truncated backpropagation through time and tells what happens as a stream of events. Between two events it
 * waits: save or sample as you like, as long as the model's state is left as it was.
 *
 * @throws DivergedError when the loss or the gradient norm is no longer a number, or the loss has long been twice what guessing
 * blindly gets, ln V
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainingEvent, void, void> {
  const { model, optimizer, schedule, batches, maxGrad, validation, signal, state } = options;
  const { epochs = 4, logEvery = 20, evalInterval, patience, pause, now = Date.now } = options;
  checkCount('epochs', epochs);
  checkCount('logEvery', logEvery);
  if (options.maxSteps !== undefined) checkCount('maxSteps', options.maxSteps);
  if (evalInterval !== undefined) checkCount('evalInterval', evalInterval);
  if (patience !== undefined) checkCount('patience', patience);
  if (state) {
    checkTrainingState(state);
    batches.position = state.position;
    schedule.setState(state.schedule);
  }

  const stopAfter = options.stopAfter ?? Number.POSITIVE_INFINITY;

  const { params, backend } = model;
  const [N, T] = [batches.batchSize, batches.timeSize];
  const xsIds = new Int32Array(N * T);
  const tsIds = new Int32Array(N * T);
  const xs = zeros(backend, [N, T], 'i32');
  const ts = zeros(backend, [N, T], 'i32');
  const memory = new Memory();
  const dtype = params[0].value.dtype === 'f64' ? 'f64' : 'f32';
  const history = new StepHistory(backend, dtype, Math.min(logEvery, 1000));

  const lastStep = Math.min(epochs * batches.stepsPerEpoch, options.maxSteps ?? Number.POSITIVE_INFINITY);
  let step = state?.step ?? 0;
  let epoch = state?.epoch ?? 1;
  let epochLoss = state?.epochLoss ?? 0;
  let epochStart = now();
  let logged = { step, time: epochStart };
  let bestLoss = state?.bestLoss ?? Number.POSITIVE_INFINITY;
  let bestStep = state?.bestStep ?? null;
  let evaluationsSinceBest = state?.evaluationsSinceBest ?? 0;
  const isOutOfPatience = () => patience !== undefined && evaluationsSinceBest >= patience;
  const twiceBlind = 2 * Math.log(model.config.vocabSize);
  let stepsAbove = state?.stepsAbove ?? 0;

  /** Reads what the last steps left on the backend; the last of them is this step. */
  const readHistory = async (): Promise<{ loss: number; gradNorm: number }> => {
    const { losses, norms } = await history.take();
    for (let i = 0; i < losses.length; i++) {
      const at = step - losses.length + 1 + i;
      if (hasDiverged(losses[i]) || !Number.isFinite(norms[i])) {
        throw new DivergedError(at, `loss ${describeLoss(losses[i])}, gradient norm ${norms[i]}`);
      }
      stepsAbove = losses[i] > twiceBlind ? stepsAbove + 1 : 0;
      if (stepsAbove === LONG) {
        throw new DivergedError(
          at,
          `for ${LONG} steps the loss has been above ${twiceBlind.toFixed(2)}, twice that of guessing blindly`,
        );
      }
      epochLoss += losses[i];
    }
    return { loss: losses[losses.length - 1], gradNorm: norms[norms.length - 1] };
  };

  const checkpointNow = (evaluationDue: boolean): CheckpointEvent => ({
    type: 'checkpoint',
    step,
    state: {
      ...{ step, epoch, epochLoss, evaluationDue, evaluationsSinceBest, stepsAbove },
      bestLoss: Number.isFinite(bestLoss) ? bestLoss : null,
      bestStep,
      position: batches.position,
      schedule: schedule.getState(),
    },
  });

  /** Undefined if it was broken off. */
  const evaluateNow = async (epoch: number): Promise<EvaluationEvent | undefined> => {
    const pauseOrStop = async () => {
      await pause?.();
      if (signal?.aborted) throw BROKEN_OFF;
    };
    const ids = validation ?? new Int32Array(0);
    const result = await evaluate(model, ids, { ...options.evaluation, pause: pauseOrStop }).catch(
      (error) => {
        if (error !== BROKEN_OFF) throw error;
      },
    );
    if (!result) return undefined;
    if (hasDiverged(result.loss)) {
      throw new DivergedError(step, `loss ${describeLoss(result.loss)} on the validation text`);
    }
    const event = evaluationEvent(step, epoch, result, result.loss < bestLoss, schedule);
    if (event.best) {
      bestLoss = result.loss;
      bestStep = step;
    }
    evaluationsSinceBest = event.best ? 0 : evaluationsSinceBest + 1;
    return event;
  };

  try {
    if (state?.evaluationDue) {
      // Of the epoch that ended, if one did.
      const event = await evaluateNow(step % batches.stepsPerEpoch === 0 ? epoch - 1 : epoch);
      if (event) yield event;
      if (!event || options.wantsCheckpoint?.(step) || isOutOfPatience()) yield checkpointNow(!event);
      if (!event) {
        yield { type: 'end', step, reason: 'signal' };
        return;
      }
    }
    while (step < lastStep && !isOutOfPatience()) {
      batches.next(xsIds, tsIds);
      xs.write(xsIds);
      ts.write(tsIds);
      optimizer.lr = schedule.lrAt(step);

      zeroGrads(params);
      const loss = model.forward(xs, ts);
      model.backward();
      const norm = maxGrad === undefined ? gradNorm(params, memory) : clipGrads(params, maxGrad, memory);
      optimizer.update(params);

      step++;
      history.add(loss, norm);
      await pause?.();

      let aborted = signal?.aborted === true || step >= stopAfter;
      const endsEpoch = step % batches.stepsPerEpoch === 0;
      const evaluationIsDue =
        validation !== undefined &&
        (step === lastStep || (evalInterval === undefined ? endsEpoch : step % evalInterval === 0));
      const evaluates = evaluationIsDue && !aborted;
      const logs = step === 1 || step % logEvery === 0 || step === lastStep;
      const checkpoints = aborted || options.wantsCheckpoint?.(step) === true;
      if (logs || endsEpoch || evaluates || checkpoints || history.isFull) {
        const last = await readHistory();
        if (logs) {
          const time = now();
          const seconds = Math.max(time - logged.time, 1e-3) / 1000;
          yield stepEvent(step, epoch, last, optimizer.lr, ((step - logged.step) * N * T) / seconds);
          logged = { step, time: now() };
        }
      }
      if (endsEpoch) {
        const mean = epochLoss / batches.stepsPerEpoch;
        const seconds = (now() - epochStart) / 1000;
        yield { type: 'epoch', step, epoch, loss: mean, perplexity: perplexity(mean), seconds };
      }
      const evaluation = evaluates ? await evaluateNow(epoch) : undefined;
      if (evaluation) yield evaluation;
      aborted ||= evaluates && !evaluation;
      if (endsEpoch) {
        epoch++;
        epochLoss = 0;
        epochStart = now();
      }
      // Asked again after an evaluation: now there may be a model that is worth keeping.
      if (checkpoints || aborted || (evaluation && options.wantsCheckpoint?.(step)) || isOutOfPatience()) {
        yield checkpointNow(evaluationIsDue && !evaluation);
      }
      if (aborted) {
        yield { type: 'end', step, reason: 'signal' };
        return;
      }
      if (endsEpoch || evaluates || checkpoints) logged = { step, time: now() };
    }
    yield { type: 'end', step, reason: step < lastStep ? 'patience' : 'steps' };
  } finally {
    for (const owner of [xs, ts, history, memory]) owner.dispose();
  }
}

/** What ends an evaluation that is to be made later. */
const BROKEN_OFF = Symbol('the evaluation was broken off');

/** So many steps in a row with a loss worse than blind guessing by far are no bump on the way. */
const LONG = 200;

/** No number, or so large that its perplexity is none: above 709 nats. */
function hasDiverged(loss: number): boolean {
  return !Number.isFinite(perplexity(loss));
}

function describeLoss(loss: number): string {
  return loss > 709 ? `${loss}, of which the perplexity is no finite number` : String(loss);
}

function stepEvent(
  step: number,
  epoch: number,
  { loss, gradNorm }: { loss: number; gradNorm: number },
  lr: number,
  tokensPerSecond: number,
): StepEvent {
  return { type: 'step', step, epoch, loss, perplexity: perplexity(loss), lr, gradNorm, tokensPerSecond };
}

function evaluationEvent(
  step: number,
  epoch: number,
  { loss, perplexity, predictions }: Evaluation,
  best: boolean,
  schedule: Schedule,
): EvaluationEvent {
  const loweredLr = schedule.evaluated(loss) ? schedule.lrAt(step) : undefined;
  return { type: 'evaluation', step, epoch, loss, perplexity, predictions, best, loweredLr };
}

function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new ValueError(`train: expected ${name} to be a whole number from 1, got ${value}`);
  }
}
