import { type CellName, cellsThatForget, cellsWithWh } from '@unroll/rnnlm';
import { UsageError } from '../exit-code.ts';
import { type ResolvedSettings, settingsSchema } from './layers.ts';
import { type Settings, settingGroups } from './settings.ts';

/** A setting that does something only with certain others. */
interface Need {
  readonly group: keyof Settings;
  readonly name: string;
  readonly isMet: (settings: Settings) => boolean;
  /** What it goes with, and what there is instead. */
  readonly goesWith: (settings: Settings) => string;
}

const eitherOf = (names: readonly string[]): string =>
  [...(names.length > 1 ? [names.slice(0, -1).join(', ')] : []), ...names.slice(-1)].join(' or ');

const cellOf = ({ model }: Settings): CellName => model.cell ?? 'lstm';

const withModel = (...models: readonly string[]): Pick<Need, 'isMet' | 'goesWith'> => ({
  isMet: ({ model }) => models.includes(model.name),
  goesWith: ({ model }) => `--model ${eitherOf(models)}, not with ${model.name}`,
});

const withCell = (...cells: readonly CellName[]): Pick<Need, 'isMet' | 'goesWith'> => ({
  isMet: (settings) => cells.includes(cellOf(settings)),
  goesWith: (settings) => `--cell ${eitherOf(cells)}, not with ${cellOf(settings)}`,
});

const ofStack = {
  model: ['cell', 'layers', 'head', 'projectionSize', 'layerNorm', 'forgetBias'],
  regularization: Object.keys(settingGroups.regularization.settings).filter(
    (name) => name !== 'dropout' && name !== 'weightDecay',
  ),
} as const;

const layersOf = ({ model }: Settings): number => model.layers ?? 1;

/** The last layer of a tied model hands on D numbers, so that of one layer has no size of its own. */
const isOneTiedLayer = (settings: Settings): boolean =>
  settings.model.head === 'tied' && layersOf(settings) === 1;

/** In an order in which those come first on which others depend. */
const needs: readonly Need[] = [
  ...(['model', 'regularization'] as const).flatMap((group) =>
    ofStack[group].map((name) => ({ group, name, ...withModel('stacked-rnnlm') })),
  ),
  { group: 'regularization', name: 'dropout', ...withModel('better-rnnlm', 'stacked-rnnlm') },
  {
    ...{ group: 'model', name: 'projectionSize' },
    isMet: (settings) => settings.model.cell === 'projected-lstm' && !isOneTiedLayer(settings),
    goesWith: (settings) =>
      settings.model.cell === 'projected-lstm'
        ? '--layers 2 or more where the output is tied'
        : `--cell projected-lstm, not with ${cellOf(settings)}`,
  },
  { group: 'regularization', name: 'dropoutWeights', ...withCell(...cellsWithWh) },
  { group: 'model', name: 'forgetBias', ...withCell(...cellsThatForget) },
  {
    ...{ group: 'regularization', name: 'dropoutHidden' },
    isMet: (settings) => layersOf(settings) > 1,
    goesWith: () => '--layers 2 or more: it acts between them',
  },
  {
    ...{ group: 'regularization', name: 'dropoutPerStep' },
    isMet: ({ regularization: { dropout, dropoutInput, dropoutHidden, dropoutOutput } }) =>
      [dropout, dropoutInput, dropoutHidden, dropoutOutput].some((ratio) => ratio),
    goesWith: () => '--dropout, or one of its parts: it is about their masks',
  },
  {
    ...{ group: 'model', name: 'forgetBias' },
    isMet: ({ model }) => model.weights === undefined,
    goesWith: () => 'weights that are drawn, not with --weights',
  },
  {
    ...{ group: 'model', name: 'outputBias' },
    isMet: ({ model }) => model.weights === undefined || model.outputBias === 'zeros',
    goesWith: () => 'weights that are drawn, not with --weights',
  },
  {
    ...{ group: 'regularization', name: 'weightDecay' },
    isMet: ({ optimizer }) => optimizer.name === 'sgd' || optimizer.name === 'adamw',
    goesWith: ({ optimizer }) => `--optimizer sgd or adamw, not with ${optimizer.name}`,
  },
  {
    ...{ group: 'optimizer', name: 'averageDecay' },
    isMet: ({ optimizer }) => optimizer.average === 'ema',
    goesWith: ({ optimizer }) => `--average ema, not with ${optimizer.average}`,
  },
  {
    ...{ group: 'optimizer', name: 'averagePatience' },
    isMet: ({ optimizer }) => optimizer.average === 'asgd',
    goesWith: ({ optimizer }) => `--average asgd, not with ${optimizer.average}`,
  },
  {
    ...{ group: 'schedule', name: 'warmup' },
    isMet: ({ schedule }) => ['warmup', 'linear', 'cosine'].includes(schedule.name),
    goesWith: ({ schedule }) => `--schedule warmup, linear or cosine, not with ${schedule.name}`,
  },
];

type Values = Record<string, Record<string, unknown>>;

/**
 * Settings that would not do anything are a mistake, unless a recipe says them, or the model to begin with: they give way to what is
 * said beside them.
 * @throws UsageError naming the setting, where it stands, and what it goes with
 */
export function settle({ settings, origins }: ResolvedSettings): ResolvedSettings {
  const left = new Map(origins);
  let settled = settings;
  for (const { group, name, isMet, goesWith } of needs) {
    const key = `${group}.${name}`;
    const origin = left.get(key);
    // 0 and false do nothing anywhere, and say so.
    if (!origin || !(settled as unknown as Values)[group][name] || isMet(settled)) continue;
    if (!origin.startsWith('recipe ') && origin !== settings.model.weights) {
      const flag = (settingGroups[group].settings as Record<string, { flag: string }>)[name].flag.split(
        ' ',
      )[0];
      throw new UsageError(`${origin === flag ? '' : `${origin}: `}${flag} goes with ${goesWith(settled)}`);
    }
    left.delete(key);
    const values = structuredClone(settled) as unknown as Values;
    delete values[group][name];
    settled = settingsSchema.parse(values);
  }
  return { settings: withSizeOfTied(settled, left.get('model.hiddenSize')), origins: left };
}

/** So that what is written of a run says what its model is. */
function withSizeOfTied(settings: Settings, origin: string | undefined): Settings {
  const { wordvecSize, hiddenSize, weights } = settings.model;
  if (settings.model.name !== 'stacked-rnnlm' || !isOneTiedLayer(settings)) return settings;
  const givesWay = origin === undefined || origin.startsWith('recipe ') || origin === weights;
  if (givesWay) return { ...settings, model: { ...settings.model, hiddenSize: wordvecSize } };
  if (wordvecSize === hiddenSize) return settings;
  throw new UsageError(
    `${origin}: a single layer with --head tied has as many units as --wordvec-size, ${wordvecSize}, not ${hiddenSize}; leave --hidden-size out, or take --head projected`,
  );
}
