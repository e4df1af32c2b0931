import type { JsonObject } from '@unroll/checkpoint';
import { cellNames, headNames, type ModelConfig, modelNames } from '@unroll/rnnlm';
import type { TokenizerKind } from '@unroll/text';
import { z } from 'zod';
import { DataError } from './exit-code.ts';

export const tokenizerKinds: readonly TokenizerKind[] = ['word', 'char', 'bpe', 'huggingface'];

/** The content of a model folder's `config.json`. */
export interface FolderConfig extends ModelConfig {
  readonly tokenizer: TokenizerKind;
}

const size = z.int({ error: 'a whole number from 1' }).min(1, { error: 'a whole number from 1' });
const share = z
  .number({ error: 'a number from 0 to below 1' })
  .min(0, { error: 'a number from 0 to below 1' })
  .lt(1, { error: 'a number from 0 to below 1' });
const number = z.number({ error: 'a number from 0' }).min(0, { error: 'a number from 0' });
const truth = z.boolean({ error: 'true or false' });
const oneOf = <Name extends string>(names: readonly Name[]) =>
  z.enum(names as [Name, ...Name[]], { error: `one of ${names.join(', ')}` });
const group = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, { error: `an object of ${Object.keys(shape).join(', ')}` });

// Every message says what was expected. What else stands in the file is of no concern here.
const configSchema = z.object({
  model: oneOf(modelNames),
  vocabSize: size,
  wordvecSize: size,
  hiddenSize: size,
  tokenizer: oneOf(tokenizerKinds),
  dropout: share.optional(),
  cell: oneOf(cellNames).optional(),
  layers: size.max(100, { error: 'a whole number from 1 to 100' }).optional(),
  head: oneOf(headNames).optional(),
  projectionSize: size.optional(),
  layerNorm: truth.optional(),
  forgetBias: z.number({ error: 'a number' }).optional(),
  dropouts: group({
    words: share.optional(),
    input: share.optional(),
    hidden: share.optional(),
    output: share.optional(),
    weights: share.optional(),
    locked: truth.optional(),
  }).optional(),
  penalties: group({ activation: number.optional(), temporal: number.optional() }).optional(),
  smoothing: share.optional(),
});

/** @throws DataError naming the first value that cannot be */
export function parseModelConfig(path: string, config: JsonObject): FolderConfig {
  const { data, error } = configSchema.safeParse(config);
  if (data) return data;
  const [issue] = error.issues;
  const got = issue.path.reduce<unknown>(
    (inner, name) => (inner as Record<PropertyKey, unknown> | undefined)?.[name],
    config,
  );
  throw new DataError(`${path}: expected ${issue.path.join('.')} to be ${issue.message}, got ${shown(got)}`);
}

/** A value from a file, in a few words. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
