import { byteLetters, bytesOfLetters } from './byte-letters.ts';
import { pairKey } from './pair-key.ts';
import { showCount, showToken } from './show.ts';
import { TextError } from './text-error.ts';
import type { Merges } from './train-merges.ts';

/** A `tokenizer.json` of byte pairs, as Hugging Face's tokenizers write and read it. */
export interface TokenizerJson {
  readonly version: '1.0';
  readonly truncation: null;
  readonly padding: null;
  readonly added_tokens: readonly [];
  readonly normalizer: null;
  readonly pre_tokenizer: ByteLevelJson;
  readonly post_processor: null;
  readonly decoder: ByteLevelJson;
  readonly model: {
    readonly type: 'BPE';
    readonly dropout: null;
    readonly unk_token: null;
    readonly continuing_subword_prefix: null;
    readonly end_of_word_suffix: null;
    readonly fuse_unk: false;
    readonly byte_fallback: false;
    readonly ignore_merges: false;
    readonly vocab: Readonly<Record<string, number>>;
    /** Left and right with a space between them, which is no letter of a byte. */
    readonly merges: readonly string[];
  };
}

interface ByteLevelJson {
  readonly type: 'ByteLevel';
  readonly add_prefix_space: false;
  readonly trim_offsets: true;
  readonly use_regex: true;
}

const byteLevel: ByteLevelJson = {
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: true,
};

export function toTokenizerJson(tokens: readonly string[], merges: Merges['merges']): TokenizerJson {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map(([left, right]) => `${tokens[left]} ${tokens[right]}`),
    },
  };
}

/**
 * The byte pairs of a `tokenizer.json` of unknown origin.
 *
 * @throws {TextError} if it has a part that changes what tokens come of a text, or does not fit together
 */
export function parseTokenizerJson(value: unknown): Merges {
  const json = objectAt('the value', value);
  const model = objectAt('model', json.model);
  expectThat(isAbsent(model.type) || model.type === 'BPE', 'model.type to be "BPE"', model.type);
  for (const name of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix', 'ignore_merges']) {
    expectThat(isAbsent(model[name]), `no model.${name}`, model[name]);
  }
  expectThat(isAbsent(json.normalizer), 'no normalizer', json.normalizer);
  const added = json.added_tokens;
  expectThat(isAbsent(added) || (Array.isArray(added) && added.length === 0), 'no added_tokens', added);
  const cut = objectAt('pre_tokenizer', json.pre_tokenizer);
  expectThat(cut.type === 'ByteLevel', 'pre_tokenizer.type to be "ByteLevel"', cut.type);
  expectThat(isAbsent(cut.add_prefix_space), 'no pre_tokenizer.add_prefix_space', cut.add_prefix_space);
  expectThat(cut.use_regex !== false, 'pre_tokenizer.use_regex to be true', cut.use_regex);

  const tokens = tokensById(objectAt('model.vocab', model.vocab));
  expectThat(Array.isArray(model.merges), 'model.merges to be an array', model.merges);
  return { tokens, merges: parseMerges(model.merges as readonly unknown[], tokens) };
}

function tokensById(vocab: Readonly<Record<string, unknown>>): string[] {
  const entries = Object.entries(vocab);
  const tokens: string[] = new Array(entries.length).fill('');
  for (const [token, id] of entries) {
    const at = `model.vocab[${showToken(token)}]`;
    const isFree = typeof id === 'number' && tokens[id] === '';
    expectThat(isFree, `${at} to be an id of its own below ${showCount(entries.length)}`, id);
    expectThat(token !== '' && bytesOfLetters(token), `${at} to be written in the letters of bytes`, token);
    tokens[id as number] = token;
  }
  for (const letter of byteLetters) {
    expectThat(Object.hasOwn(vocab, letter), `a token ${JSON.stringify(letter)}, for a byte`, undefined);
  }
  return tokens;
}

function parseMerges(merges: readonly unknown[], tokens: readonly string[]): Merges['merges'] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const seen = new Set<number>();
  return merges.map((merge, rank) => {
    const at = `model.merges[${rank}]`;
    const parts: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
    const [left, right] =
      Array.isArray(parts) && parts.length === 2 ? parts.map((part) => ids.get(part)) : [];
    if (left === undefined || right === undefined || !ids.has(tokens[left] + tokens[right])) {
      throw unexpected(`${at} to be two tokens that make a third`, merge);
    }
    expectThat(!seen.has(pairKey(left, right)), `${at} to be none of the earlier ones`, merge);
    seen.add(pairKey(left, right));
    return [left, right];
  });
}

function objectAt(name: string, value: unknown): Readonly<Record<string, unknown>> {
  expectThat(
    typeof value === 'object' && value !== null && !Array.isArray(value),
    `${name} to be an object`,
    value,
  );
  return value as Readonly<Record<string, unknown>>;
}

/** Absent, or said to be. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === '' || value === 0;
}

function expectThat(isTrue: unknown, expected: string, got: unknown): void {
  if (!isTrue) throw unexpected(expected, got);
}

function unexpected(expected: string, got: unknown): TextError {
  return new TextError(
    `BpeTokenizer.fromJSON: expected ${expected}, got ${describe(got)}. ` +
      'Use HuggingFaceTokenizer for what other tools made.',
  );
}

/** Without looking into an object or a list: it may be nested without end. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return showToken(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}
