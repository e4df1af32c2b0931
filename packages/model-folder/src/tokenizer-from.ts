import { CheckpointError, type JsonValue } from '@unroll/checkpoint';
import { createTokenizer, type Tokenizer, type TokenizerKind, Vocabulary } from '@unroll/text';

/** A tokenizer as the values of a model folder. */
export interface SavedTokenizer {
  readonly kind: TokenizerKind;
  /** `vocab.json` */
  readonly vocab: readonly string[];
  /** `tokenizer.json`, of a kind that has one. */
  readonly json: JsonValue | undefined;
}

export interface TokenizerOptions {
  /**
   * Makes a tokenizer of another tool from its `tokenizer.json`: `HuggingFaceTokenizer.fromJSON` of `@unroll/text/huggingface`. It is not in this
   * package, so that who has no such model need not have the library that it stands on.
   */
  readonly huggingFace?: (json: unknown) => Tokenizer | Promise<Tokenizer>;
}

/**
 * The tokenizer of a model folder.
 * @param prefix stands before the names of files in messages, such as `runs/first/`
 * @throws CheckpointError naming the file that is missing, or not what it should be
 */
export async function tokenizerFrom(
  { kind, vocab, json }: SavedTokenizer,
  { huggingFace }: TokenizerOptions = {},
  prefix = '',
): Promise<Tokenizer> {
  const own = kind === 'word' || kind === 'char';
  if (!own && json === undefined) {
    throw new CheckpointError(
      `${prefix}tokenizer.json: expected the file, which the tokenizer ${kind} needs, got none; the model is incomplete`,
    );
  }
  if (kind === 'huggingface' && !huggingFace) {
    throw new CheckpointError(
      `${prefix}config.json: expected the tokenizer word, char or bpe, got huggingface; give the option huggingFace to read it`,
    );
  }
  try {
    const vocabulary = Vocabulary.fromTokens(vocab);
    if (kind !== 'huggingface' || !huggingFace) return createTokenizer(kind, vocabulary, json);
    const tokenizer = await huggingFace(json);
    const { size } = tokenizer.vocabulary;
    if (size === vocabulary.size) return tokenizer;
    throw new CheckpointError(
      `expected the ${vocabulary.size} tokens of vocab.json, got ${size}; they belong to different models`,
    );
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError(`${prefix}${own ? 'vocab' : 'tokenizer'}.json: ${message}`, { cause });
  }
}
