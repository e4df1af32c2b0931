import type { NamedArray } from './named-array.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** A model folder as values. */
export interface ModelFiles {
  /** `config.json`: what is needed to build the model again, such as its kind and sizes. */
  readonly config: JsonObject;
  /** `vocab.json`: the tokens; a token's index is its id. */
  readonly vocab: readonly string[];
  /** `tokenizer.json`: what cuts text into these tokens, for a tokenizer that its vocabulary alone does not restore. */
  readonly tokenizer?: JsonValue;
  /** `model.safetensors`: the weights by name. */
  readonly tensors: Map<string, NamedArray>;
}
