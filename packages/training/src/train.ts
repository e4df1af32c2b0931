import { perplexity } from '@unroll/losses';
import { ConstantSchedule, clipGrads, gradNorm, zeroGrads } from '@unroll/optimizers';
import { Memory, type Tensor } from '@unroll/tensor';
import { BestEvaluation } from './best-evaluation.ts';
import { BlockReader } from './block-reader.ts';
import { DivergedError, describeLoss, hasDiverged } from './diverged-error.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import type { CheckpointEvent, EvaluationEvent, TrainingEvent } from './events.ts';
import { LossRecord } from './loss-record.ts';
import { checkTrainOptions, type TrainOptions } from './train-options.ts';
import { checkTrainingState } from './training-state.ts';

/**
 * Trains by truncated backpropagation through time and tells what happens as a stream of events. Between two events it
 * waits: save or sample as you like, as long as the model's state is left as it was. Then the model is not `training`, so that no
 * dropout acts, and at an evaluation event it has the averaged weights that were evaluated, if there are any.
 *
 * @throws DivergedError when the loss or the gradient norm is no longer a number, or the loss has long been twice what guessing
 * blindly gets, ln V
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainingEvent, void, void> {
  checkTrainOptions(options);
  const { model, optimizer, batches, average, maxGrad, validation, signal, state } = options;
  const schedule = options.schedule ?? new ConstantSchedule(optimizer);
  const { accumulate = 1, epochs = 4, maxSteps = Number.POSITIVE_INFINITY } = options;
  const { stopAfter = Number.POSITIVE_INFINITY, patience = Number.POSITIVE_INFINITY } = options;
  const { logEvery = 20, evalInterval, wantsCheckpoint, pause, now = Date.now } = options;
  if (state) {
    checkTrainingState(state);
    batches.position = state.position;
    schedule.setState(state.schedule);
  }

  const { params, backend } = model;
  const memory = new Memory();
  const meanLoss = memory.take('loss', backend, [1], params[0].value.dtype);
  const blocks = new BlockReader(backend, batches);
  const losses = new LossRecord(model, Math.min(logEvery, 1000), state);
  const best = new BestEvaluation(state);
  const wasTraining = model.training;

  let step = state?.step ?? 0;
  const epochsBefore = batches.epoch - (state ? state.epoch - 1 : 0);
  const epochsRead = () => batches.epoch - epochsBefore;
  const isDone = () => step >= maxSteps || epochsRead() >= epochs;
  const isOutOfPatience = () => best.evaluationsSince >= patience;

  /** One update, from the next blocks; loss and gradient norm `(1)` stay on the backend. */
  const makeStep = (lr: number): { loss: Tensor; norm: Tensor; tokens: number } => {
    let tokens = 0;
    model.training = true;
    zeroGrads(params);
    backend.fill(meanLoss, 0);
    for (let i = 0; i < accumulate; i++) {
      if (!batches.continues) model.resetState();
      const { xs, ts } = blocks.next();
      const loss = model.forward(xs, ts);
      backend.add(meanLoss, loss, 1 / accumulate);
      model.backward();
      tokens += xs.size;
    }
    if (accumulate > 1) for (const { grad } of params) backend.scale(grad, 1 / accumulate);
    const norm = maxGrad === undefined ? gradNorm(params, memory) : clipGrads(params, maxGrad, memory);
    // Else the tokens of short blocks, of which the mean has fewer, would weigh more (Merity et al. 2018, section 4.1).
    optimizer.lr = lr * (tokens / (accumulate * batches.batchSize * batches.timeSize));
    optimizer.update(params);
    average?.update(params);
    model.training = false;
    return { loss: meanLoss, norm, tokens };
  };

  const checkpointNow = (evaluationDue: boolean): CheckpointEvent => ({
    type: 'checkpoint',
    step,
    state: {
      ...{ step, epoch: epochsRead() + 1, epochLoss: losses.epochLoss, epochSteps: losses.epochSteps },
      evaluationDue,
      bestLoss: Number.isFinite(best.loss) ? best.loss : null,
      bestStep: best.step,
      evaluationsSinceBest: best.evaluationsSince,
      stepsAbove: losses.stepsAbove,
      position: batches.position,
      schedule: schedule.getState(),
    },
  });

  /** Undefined if the signal broke it off. */
  const evaluateUnlessStopped = (): Promise<Evaluation | undefined> => {
    const pauseOrStop = async () => {
      await pause?.();
      if (signal?.aborted) throw BROKEN_OFF;
    };
    const ids = validation ?? new Int32Array(0);
    return evaluate(model, ids, { ...options.evaluation, pause: pauseOrStop }).catch((error) => {
      if (error !== BROKEN_OFF) throw error;
      return undefined;
    });
  };

  /** Evaluates, with the averaged weights if there are any, which stay until its event was dealt with; false if it was broken off. */
  async function* evaluateNow(epoch: number): AsyncGenerator<EvaluationEvent, boolean, void> {
    const isAveraged = average?.isActive;
    if (isAveraged) average.swap(params);
    try {
      const result = await evaluateUnlessStopped();
      if (!result) return false;
      const { loss, perplexity, predictions } = result;
      if (hasDiverged(loss)) {
        throw new DivergedError(step, `loss ${describeLoss(loss)} on the validation text`);
      }
      const isBest = best.take(step, loss);
      const loweredLr = schedule.evaluated(loss) ? schedule.lrAt(step) : undefined;
      const beginsAverage = average?.evaluated(loss) ?? false;
      const found = { loss, perplexity, predictions, best: isBest, loweredLr, beginsAverage };
      yield { type: 'evaluation', step, epoch, ...found };
      return true;
    } finally {
      if (isAveraged) average.swap(params);
    }
  }

  try {
    model.training = false;
    if (state?.evaluationDue) {
      // Of the epoch that ended, if one did.
      const evaluated = yield* evaluateNow(state.epochSteps === 0 ? state.epoch - 1 : state.epoch);
      if (!evaluated || wantsCheckpoint?.(step) || isOutOfPatience()) yield checkpointNow(!evaluated);
      if (!evaluated) {
        yield { type: 'end', step, reason: 'signal' };
        return;
      }
    }
    let epochStart = now();
    let logged = { time: epochStart, tokens: 0 };
    while (!isDone() && !isOutOfPatience()) {
      const epoch = epochsRead() + 1;
      const lr = schedule.lrAt(step);
      const { loss, norm, tokens } = makeStep(lr);
      step++;
      losses.add(loss, norm);
      logged.tokens += tokens;
      await pause?.();

      let aborted = signal?.aborted === true || step >= stopAfter;
      const endsEpoch = epochsRead() >= epoch;
      const evaluationIsDue =
        validation !== undefined &&
        (isDone() || (evalInterval === undefined ? endsEpoch : step % evalInterval === 0));
      const evaluates = evaluationIsDue && !aborted;
      const logs = step === 1 || step % logEvery === 0 || isDone();
      const checkpoints = aborted || wantsCheckpoint?.(step) === true;
      if (logs || endsEpoch || evaluates || checkpoints || losses.isFull) {
        const last = await losses.read(step);
        if (logs) {
          const seconds = Math.max(now() - logged.time, 1e-3) / 1000;
          const tokensPerSecond = logged.tokens / seconds;
          const { loss, gradNorm } = last;
          yield {
            ...{ type: 'step', step, epoch, loss, perplexity: perplexity(loss), lr, gradNorm },
            tokensPerSecond,
          };
          logged = { time: now(), tokens: 0 };
        }
      }
      if (endsEpoch) {
        const mean = losses.endEpoch();
        const seconds = (now() - epochStart) / 1000;
        yield { type: 'epoch', step, epoch, loss: mean, perplexity: perplexity(mean), seconds };
      }
      const evaluated = evaluates && (yield* evaluateNow(epoch));
      aborted ||= evaluates && !evaluated;
      if (endsEpoch) epochStart = now();
      // Asked again after an evaluation: now there may be a model that is worth keeping.
      if (checkpoints || aborted || (evaluated && wantsCheckpoint?.(step)) || isOutOfPatience()) {
        yield checkpointNow(evaluationIsDue && !evaluated);
      }
      if (aborted) {
        yield { type: 'end', step, reason: 'signal' };
        return;
      }
      if (endsEpoch || evaluates || checkpoints) logged = { time: now(), tokens: 0 };
    }
    yield { type: 'end', step, reason: isDone() ? 'steps' : 'patience' };
  } finally {
    model.training = wasTraining;
    for (const owner of [blocks, losses, memory]) owner.dispose();
  }
}

/** What ends an evaluation that is to be made later. */
const BROKEN_OFF = Symbol('the evaluation was broken off');
