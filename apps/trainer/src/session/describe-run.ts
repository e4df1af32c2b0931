import type { ModelConfig } from '@unroll/rnnlm';
import type { TokenIds, Tokenizer } from '@unroll/text';
import { count, figure, plain } from '../format.ts';
import { describeProtocol } from '../protocol.ts';
import type { RunShape } from '../view/view.ts';
import type { TrainingSession } from './session.ts';

/** What is about to be done, and with what. */
export function describeRun(session: TrainingSession, path?: string): [name: string, value: string][] {
  const { settings, corpus, tokenizer, steps, stepsPerEpoch, optimizer, model, description, validation } =
    session;
  const { batchSize, timeSize, randomLength, randomStart, accumulate, maxGrad, seed, overfit, patience } =
    settings.training;
  const { epochs, maxSteps = 0 } = settings.training;
  const { weights, outputBias } = settings.model;
  const { average } = settings.optimizer;
  const V = tokenizer.vocabulary.size;
  const size = model.params.reduce((sum, { value }) => sum + value.size, 0);
  const clipping = maxGrad > 0 ? `gradients clipped at ${plain(maxGrad)}` : 'gradients not clipped';
  return [
    ['data', `${[settings.data.train].flat().join(', ')}, ${corpus.description}`],
    ['vocabulary', `${count(V)} ${unitOf(tokenizer.kind)}${describeUnknown(corpus.train, tokenizer)}`],
    [
      'model',
      `${describeModel(model.config)}: ${count(size)} parameters${weights ? `, from ${weights}` : outputBias === 'counts' ? '; the bias of the output begins with the counts of tokens' : ''}`,
    ],
    [
      'to beat',
      `loss ln V = ${Math.log(V).toFixed(3)}, perplexity V = ${count(V)}: what guessing blindly gets`,
    ],
    [
      'training',
      `${count(steps)} steps${maxSteps > steps ? ` (all of ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}; for --max-steps ${maxSteps}, raise --epochs)` : ''} of ${accumulate > 1 ? `${accumulate} x ` : ''}${batchSize} x ${randomLength ? 'about ' : ''}${timeSize} tokens, ${count(stepsPerEpoch)} an epoch${randomStart ? ', from another place each time' : ''}; ` +
        `${settings.optimizer.name}, lr ${plain(optimizer.lr)} ${settings.schedule.name}, ${clipping}` +
        `${average === 'none' ? '' : `; weights averaged (${average})`}` +
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

/** `stacked-rnnlm, 2 x lstm, D 256, H 400, tied output, dropout …`. */
function describeModel({ model, wordvecSize, hiddenSize, ...config }: ModelConfig): string {
  const { cell, layers, head, layerNorm, forgetBias, dropout, dropouts, penalties, smoothing } = config;
  const ratios = Object.entries(dropouts ?? {}).filter(([, ratio]) => typeof ratio === 'number' && ratio > 0);
  return [
    model,
    ...(cell === undefined ? [] : [`${layers} x ${cell}`]),
    `D ${wordvecSize}`,
    `H ${hiddenSize}`,
    ...(head === undefined || head === 'affine' ? [] : [`${head} output`]),
    ...(layerNorm ? ['layer norm'] : []),
    ...(forgetBias ? [`forget bias ${forgetBias}`] : []),
    ...(dropout ? [`dropout ${dropout}`] : []),
    ...(ratios.length > 0 ? [`dropout of ${ratios.map(([name, f]) => `${name} ${f}`).join(', ')}`] : []),
    ...Object.entries(penalties ?? {}).map(([name, factor]) => `${name} penalty ${factor}`),
    ...(smoothing ? [`labels smoothed by ${smoothing}`] : []),
  ].join(', ');
}

/** Where much of a text is unknown, its perplexity says little. */
function describeUnknown(ids: TokenIds, { unknownId, vocabulary }: Tokenizer): string {
  if (unknownId === undefined) return '';
  let unknown = 0;
  for (const id of ids) if (id === unknownId) unknown++;
  if (unknown === 0) return '';
  return `, ${vocabulary.tokens[unknownId]} in the place of ${figure((100 * unknown) / ids.length)} % of the text`;
}

function unitOf(kind: string): string {
  return kind === 'word' ? 'words' : kind === 'char' ? 'characters' : 'tokens';
}

/** What a view needs to say how far the run is. */
export function shapeOf({
  epochs,
  steps,
  stepsPerEpoch,
  batches,
  tokenizer,
  settings,
}: TrainingSession): RunShape {
  return {
    steps,
    stepsPerEpoch,
    epochs,
    tokensPerStep: settings.training.accumulate * batches.batchSize * batches.timeSize,
    vocabSize: tokenizer.vocabulary.size,
    maxGrad: settings.training.maxGrad,
  };
}
