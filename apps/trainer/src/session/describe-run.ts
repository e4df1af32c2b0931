import { count, plain } from '../format.ts';
import { describeProtocol } from '../protocol.ts';
import type { RunShape } from '../view/view.ts';
import type { TrainingSession } from './session.ts';

/** What is about to be done, and with what. */
export function describeRun(session: TrainingSession, path?: string): [name: string, value: string][] {
  const { settings, corpus, tokenizer, batches, steps, optimizer, model, description, validation } = session;
  const { batchSize, timeSize, maxGrad, seed, overfit, patience } = settings.training;
  const { name, wordvecSize, hiddenSize, weights } = settings.model;
  const V = tokenizer.vocabulary.size;
  const size = model.params.reduce((sum, { value }) => sum + value.size, 0);
  const clipping = maxGrad > 0 ? `gradients clipped at ${plain(maxGrad)}` : 'gradients not clipped';
  return [
    ['data', `${[settings.data.train].flat().join(', ')}, ${corpus.description}`],
    ['vocabulary', `${count(V)} ${unitOf(tokenizer.kind)}`],
    [
      'model',
      `${name}, D ${wordvecSize}, H ${hiddenSize}: ${count(size)} parameters${weights ? `, from ${weights}` : ''}`,
    ],
    [
      'to beat',
      `loss ln V = ${Math.log(V).toFixed(3)}, perplexity V = ${count(V)}: what guessing blindly gets`,
    ],
    [
      'training',
      `${count(steps)} steps of ${batchSize} x ${timeSize} tokens, ${count(batches.stepsPerEpoch)} an epoch; ` +
        `${settings.optimizer.name}, lr ${plain(optimizer.lr)} ${settings.schedule.name}, ${clipping}` +
        `${patience ? `; ends after ${patience} evaluations that are no better` : ''}`,
    ],
    [
      'validation',
      overfit
        ? `on the same ${overfit === 1 ? 'batch' : `${overfit} batches`}, to learn by heart`
        : validation
          ? describeProtocol(validation.protocol)
          : 'none: nothing was held back, or the text is too short for that',
    ],
    ['backend', `${description}; seed ${seed}`],
    ...(path === undefined ? [] : [['results in', path] as [string, string]]),
  ];
}

function unitOf(kind: string): string {
  return kind === 'word' ? 'words' : kind === 'char' ? 'characters' : 'tokens';
}

/** What a view needs to say how far the run is. */
export function shapeOf({ steps, batches, tokenizer, settings }: TrainingSession): RunShape {
  return {
    steps,
    stepsPerEpoch: batches.stepsPerEpoch,
    tokensPerStep: batches.batchSize * batches.timeSize,
    vocabSize: tokenizer.vocabulary.size,
    maxGrad: settings.training.maxGrad,
  };
}
