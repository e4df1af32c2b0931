import { CheckpointError, type JsonObject } from '@unroll/checkpoint';
import { cellNames, headNames, type ModelConfig, modelNames } from '@unroll/rnnlm';
import type { TokenizerKind } from '@unroll/text';

export const tokenizerKinds: readonly TokenizerKind[] = ['word', 'char', 'bpe', 'huggingface'];

/** The content of a model folder's `config.json`. */
export interface FolderConfig extends ModelConfig {
  readonly tokenizer: TokenizerKind;
}

/** What a value has to be, in code and in words. */
interface Rule {
  readonly expected: string;
  readonly isMet: (value: unknown) => boolean;
  /** Of an object: what stands in it. */
  readonly fields?: Readonly<Record<string, Rule>>;
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const size: Rule = {
  expected: 'a whole number from 1',
  isMet: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
};
const layers: Rule = {
  expected: 'a whole number from 1 to 100',
  isMet: (value) => size.isMet(value) && (value as number) <= 100,
};
const share: Rule = {
  expected: 'a number from 0 to below 1',
  isMet: (value) => isNumber(value) && value >= 0 && value < 1,
};
const factor: Rule = { expected: 'a number from 0', isMet: (value) => isNumber(value) && value >= 0 };
const number: Rule = { expected: 'a number', isMet: isNumber };
const truth: Rule = { expected: 'true or false', isMet: (value) => typeof value === 'boolean' };
const oneOf = (names: readonly string[]): Rule => ({
  expected: `one of ${names.join(', ')}`,
  isMet: (value) => names.includes(value as string),
});
const group = (fields: Readonly<Record<string, Rule>>): Rule => ({
  expected: `an object of ${Object.keys(fields).join(', ')}`,
  isMet: (value) => isObject(value) && Object.keys(value).every((name) => Object.hasOwn(fields, name)),
  fields,
});

const needed = {
  model: oneOf(modelNames),
  vocabSize: size,
  wordvecSize: size,
  hiddenSize: size,
  tokenizer: oneOf(tokenizerKinds),
} satisfies Partial<Record<keyof FolderConfig, Rule>>;

const rules: Readonly<Record<keyof FolderConfig, Rule>> = {
  ...needed,
  dropout: share,
  cell: oneOf(cellNames),
  layers,
  head: oneOf(headNames),
  projectionSize: size,
  layerNorm: truth,
  forgetBias: number,
  dropouts: group({
    ...{ words: share, input: share, hidden: share, output: share, weights: share },
    locked: truth,
  }),
  penalties: group({ activation: factor, temporal: factor }),
  smoothing: share,
};

/**
 * A configuration that comes from a file, which nobody needs to trust. What else stands in it is left out.
 * @param source names the file in messages
 * @throws CheckpointError naming the first value that cannot be
 */
export function parseModelConfig(config: JsonObject, source = 'config.json'): FolderConfig {
  const known = Object.keys(rules).filter(
    (name) => Object.hasOwn(needed, name) || fieldOf(config, name) !== undefined,
  );
  for (const name of known) check(fieldOf(config, name), rules[name as keyof FolderConfig], name, source);
  return Object.fromEntries(known.map((name) => [name, config[name]])) as unknown as FolderConfig;
}

const fieldOf = (object: JsonObject, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

function check(value: unknown, { expected, isMet, fields = {} }: Rule, path: string, source: string): void {
  if (!isMet(value)) {
    throw new CheckpointError(`${source}: expected ${path} to be ${expected}, got ${shown(value)}`);
  }
  for (const [name, rule] of Object.entries(fields)) {
    const inner = fieldOf(value as JsonObject, name);
    if (inner !== undefined) check(inner, rule, `${path}.${name}`, source);
  }
}

/** A value from a file, in a few words. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return 'an array';
  return isObject(value) ? 'an object' : String(value);
}
