import type { CellName, ModelConfig } from '@unroll/rnnlm';

/** What a reader can set before training: plain values, which also stand in the address of the page. */
export interface LabSettings {
  readonly tokenizer: 'char' | 'word';
  readonly cell: Extract<CellName, 'lstm' | 'gru' | 'rnn'>;
  readonly layers: number;
  /** D */
  readonly wordvecSize: number;
  /** H */
  readonly hiddenSize: number;
  /** N */
  readonly batchSize: number;
  /** T */
  readonly timeSize: number;
  readonly optimizer: 'adamw' | 'sgd';
  readonly lr: number;
  /** 0: gradients are not clipped. */
  readonly maxGrad: number;
  readonly dropout: number;
  readonly steps: number;
  readonly seed: number;
}

export const defaults: LabSettings = {
  ...{ tokenizer: 'char', cell: 'lstm', layers: 1, wordvecSize: 32, hiddenSize: 128 },
  ...{ batchSize: 16, timeSize: 32, optimizer: 'adamw', lr: 0.005, maxGrad: 1 },
  ...{ dropout: 0, steps: 2000, seed: 1 },
};

interface NumberRange {
  readonly least: number;
  readonly most: number;
  /** Only whole numbers. */
  readonly whole: boolean;
}

export const ranges = {
  layers: { least: 1, most: 4, whole: true },
  wordvecSize: { least: 1, most: 1024, whole: true },
  hiddenSize: { least: 1, most: 1024, whole: true },
  batchSize: { least: 1, most: 128, whole: true },
  timeSize: { least: 1, most: 256, whole: true },
  lr: { least: 0, most: 100, whole: false },
  maxGrad: { least: 0, most: 100, whole: false },
  dropout: { least: 0, most: 0.9, whole: false },
  steps: { least: 1, most: 1_000_000, whole: true },
  seed: { least: 0, most: 2 ** 31, whole: true },
} as const satisfies Partial<Record<keyof LabSettings, NumberRange>>;

export const choices = {
  tokenizer: ['char', 'word'],
  cell: ['lstm', 'gru', 'rnn'],
  optimizer: ['adamw', 'sgd'],
} as const satisfies Partial<Record<keyof LabSettings, readonly string[]>>;

type NumberName = keyof typeof ranges;
type ChoiceName = keyof typeof choices;

/**
 * The settings that an address asks for; what is not there, or not possible, is as usual.
 * @param unsaid what they are if it asks for none
 */
export function settingsFrom(query: URLSearchParams, unsaid: LabSettings = defaults): LabSettings {
  const said = saidIn(query);
  return Object.keys(said).length > 0 ? { ...defaults, ...said } : unsaid;
}

/** What an address says that is possible. */
function saidIn(query: URLSearchParams): Partial<LabSettings> {
  const settings: Record<string, string | number> = {};
  for (const [name, value] of query) {
    if (Object.hasOwn(ranges, name)) {
      const number = Number(value);
      if (value.trim() !== '' && isWithin(name as NumberName, number)) settings[name] = number;
    } else if (Object.hasOwn(choices, name)) {
      if ((choices[name as ChoiceName] as readonly string[]).includes(value)) settings[name] = value;
    }
  }
  return settings;
}

/** Does an address ask for other settings than these? What it does not say is as usual; what is no setting is not for us. */
export function asksForOther(query: URLSearchParams, than: LabSettings): boolean {
  const names = Object.keys(defaults) as (keyof LabSettings)[];
  // Sizes of a model from elsewhere may be larger than an address can ask for.
  const isItself = (name: keyof LabSettings): boolean => query.getAll(name).at(-1) === String(than[name]);
  const said = saidIn(query);
  if (!names.some((name) => name in said || isItself(name))) return false;
  return names.some((name) => !isItself(name) && (said[name] ?? defaults[name]) !== than[name]);
}

/** As an address says them: only what is not as usual. */
export function queryOf(settings: LabSettings): string {
  const changed = Object.entries(settings).filter(
    ([name, value]) => value !== defaults[name as keyof LabSettings],
  );
  return new URLSearchParams(changed.map(([name, value]) => [name, String(value)])).toString();
}

export function isWithin(name: NumberName, value: number): boolean {
  const { least, most, whole } = ranges[name];
  return value >= least && value <= most && (!whole || Number.isInteger(value));
}

/** Of a model that came from elsewhere these may be larger than the form allows. */
const SIZES: readonly string[] = ['layers', 'wordvecSize', 'hiddenSize'];

/** Are these settings, as they were kept? */
export function isSettings(value: unknown): value is LabSettings {
  if (typeof value !== 'object' || value === null) return false;
  const given = value as Record<string, unknown>;
  const isPossible = (name: string, number: unknown): boolean =>
    typeof number === 'number' &&
    (SIZES.includes(name) ? Number.isInteger(number) && number > 0 : isWithin(name as NumberName, number));
  return (
    Object.keys(ranges).every((name) => isPossible(name, given[name])) &&
    Object.entries(choices).every(([name, all]) => (all as readonly unknown[]).includes(given[name]))
  );
}

/** Of the small models that come with the site. */
export const pretrained: LabSettings = {
  ...defaults,
  ...{ wordvecSize: 24, hiddenSize: 96, steps: 1500, dropout: 0.2, lr: 0.006 },
};

/** What training on goes by with a model from elsewhere: its own sizes, and the rest as it was set. */
export function settingsOf(
  { model, cell, layers, wordvecSize, hiddenSize }: ModelConfig,
  tokenizer: string,
  settings: LabSettings,
): LabSettings {
  const own = { wordvecSize, hiddenSize, layers: layers ?? (model === 'better-rnnlm' ? 2 : 1) };
  const name = cellOf({ model, cell });
  return {
    ...settings,
    ...own,
    ...(isChoice('tokenizer', tokenizer) && { tokenizer }),
    cell: isChoice('cell', name) ? name : 'lstm', // no other has more gates
  };
}

/** The recurrent layers of a model, also of one that does not say. */
export function cellOf({ model, cell }: Pick<ModelConfig, 'model' | 'cell'>): CellName {
  return cell ?? (model === 'simple-rnnlm' ? 'rnn' : 'lstm');
}

function isChoice<Name extends ChoiceName>(name: Name, value: string): value is LabSettings[Name] {
  return (choices[name] as readonly string[]).includes(value);
}
