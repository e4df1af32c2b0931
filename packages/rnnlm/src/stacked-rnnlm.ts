import {
  LockedDropout,
  TimeAffine,
  TimeDropout,
  TimeEmbedding,
  TimeEmbeddingDropout,
  TimeLayerNorm,
  TimeMatMul,
} from '@unroll/layers';
import { ActivationRegularizer, TemporalActivationRegularizer } from '@unroll/losses';
import { transposed, ValueError } from '@unroll/tensor';
import { cellOf, cellsThatForget, cellsWithWh } from './cells.ts';
import { checkRatio, checkSizes, InitialWeights } from './initial-weights.ts';
import { LanguageModel, type ModelOptions } from './language-model.ts';
import { headNames, type StackConfig } from './model-config.ts';
import type { Part } from './parts.ts';

/**
 * A language model of parts: a stack of recurrent layers of any cell, dropout where it is wanted, an output layer of its own or tied to
 * the embedding. Rnnlm and BetterRnnlm are two of its cases; AWD-LSTM (Merity et al. 2018, arXiv:1708.02182) is another.
 */
export class StackedRnnlm extends LanguageModel {
  constructor({
    vocabSize = 10000,
    wordvecSize = 100,
    hiddenSize = 100,
    cell = 'lstm',
    layers: count = 1,
    head = 'affine',
    projectionSize,
    layerNorm = false,
    forgetBias = 0,
    dropouts = {},
    penalties = {},
    smoothing = 0,
    ...options
  }: ModelOptions & StackConfig) {
    const stack = { cell, layers: count, head, layerNorm, forgetBias, dropouts, penalties, smoothing };
    const [V, D, H, P] = [vocabSize, wordvecSize, hiddenSize, projectionSize ?? wordvecSize];
    checkSizes('StackedRnnlm', { vocabSize, wordvecSize, hiddenSize, layers: count, projectionSize: P });
    checkStack({ ...stack, projectionSize });
    const isProjected = cell === 'projected-lstm';
    const { words = 0, input = 0, hidden = 0, output = 0, weights: weightDrop = 0, locked = true } = dropouts;

    const weights = new InitialWeights(options);
    const embedW = weights.normal('embed.W', [V, D], 1 / 10);
    const layers: Record<string, Part> = {};
    const add = (name: string, layer: Part): void => {
      layers[name] = layer;
    };
    const addDropout = (name: string, ratio: number): void => {
      if (ratio === 0) return;
      const Dropout = locked ? LockedDropout : TimeDropout;
      add(name, new Dropout(ratio, { seed: weights.maskSeed() }));
    };

    add(
      'embed',
      words > 0
        ? new TimeEmbeddingDropout(embedW, words, { seed: weights.maskSeed() })
        : new TimeEmbedding(embedW),
    );
    addDropout('dropout0', input);

    let from = D;
    for (let i = 1; i <= count; i++) {
      const to = i === count && head === 'tied' ? D : isProjected ? P : H;
      const { prefix, make } = cellOf(cell);
      const name = `${prefix}${i}`;
      add(name, make({ weights, name, D: from, H: to, cells: H, weightDrop, forgetBias }));
      if (layerNorm) {
        const gain = weights.constant(`norm${i}.gain`, [to], 1);
        add(`norm${i}`, new TimeLayerNorm(gain, weights.zeros(`norm${i}.bias`, [to])));
      }
      if (i < count) addDropout(`dropout${i}`, hidden);
      from = to;
    }

    // TAR looks at the outputs as they are, AR at what dropout leaves of them.
    if (penalties.temporal) add('temporal', new TemporalActivationRegularizer(penalties.temporal));
    addDropout(`dropout${count}`, output);
    if (penalties.activation) add('activation', new ActivationRegularizer(penalties.activation));

    if (head === 'projected') {
      add('projection', new TimeMatMul(weights.normal('projection.W', [from, D], 1 / Math.sqrt(from))));
    }
    const affineW =
      head === 'affine' ? weights.normal('affine.W', [from, V], 1 / Math.sqrt(from)) : transposed(embedW);
    add('affine', new TimeAffine(affineW, weights.zeros('affine.b', [V])));

    const config = { model: 'stacked-rnnlm', vocabSize, wordvecSize, hiddenSize, ...stack };
    super({ config: isProjected ? { ...config, projectionSize: P } : config, weights, layers, smoothing });
  }
}

const dropoutNames = ['words', 'input', 'hidden', 'output', 'weights', 'locked'];
const penaltyNames = ['activation', 'temporal'];

/** With its defaults: only `projectionSize` may be missing. */
function checkStack({
  cell,
  head,
  projectionSize,
  forgetBias,
  dropouts,
  penalties,
  smoothing,
}: Required<Omit<StackConfig, 'projectionSize'>> & Pick<StackConfig, 'projectionSize'>): void {
  const expect = (right: boolean, message: string): void => {
    if (!right) throw new ValueError(`StackedRnnlm: expected ${message}`);
  };
  const expectCell = (isSet: boolean, setting: string, cells: readonly string[]): void =>
    expect(!isSet || cells.includes(cell), `${setting} with a cell of ${cells.join(', ')}, got ${cell}`);
  cellOf(cell);
  expect(headNames.includes(head), `head to be one of ${headNames.join(', ')}, got ${head}`);
  expectCell(projectionSize !== undefined, 'projectionSize', ['projected-lstm']);
  expectCell((dropouts.weights ?? 0) !== 0, 'dropouts.weights', cellsWithWh);
  expect(Number.isFinite(forgetBias), `forgetBias to be a number, got ${forgetBias}`);
  expectCell(forgetBias !== 0, 'forgetBias', cellsThatForget);
  for (const [name, ratio] of Object.entries({ ...dropouts, locked: 0 })) {
    expect(dropoutNames.includes(name), `dropouts of ${dropoutNames.join(', ')}, got ${name}`);
    checkRatio('StackedRnnlm', `dropouts.${name}`, ratio);
  }
  for (const [name, factor] of Object.entries(penalties)) {
    expect(penaltyNames.includes(name), `penalties of ${penaltyNames.join(', ')}, got ${name}`);
    expect(factor >= 0 && Number.isFinite(factor), `penalties.${name} to be a number from 0, got ${factor}`);
  }
  checkRatio('StackedRnnlm', 'smoothing', smoothing);
}
