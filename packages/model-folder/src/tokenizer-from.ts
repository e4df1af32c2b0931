import { CheckpointError, type JsonValue } from '@unroll/checkpoint';
import { createTokenizer, TextError, type Tokenizer, type TokenizerKind, Vocabulary } from '@unroll/text';

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

/** Has a tokenizer of this kind a file of its own? The others are restored from the vocabulary alone. */
export const hasOwnFile = (kind: unknown): boolean => kind === 'bpe' || kind === 'huggingface';

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
  const file = `${prefix}${hasOwnFile(kind) ? 'tokenizer' : 'vocab'}.json`;
  if (hasOwnFile(kind) && json === undefined) {
    throw new CheckpointError(
      `${file}: expected the file, which the tokenizer ${kind} needs, got none; the model is incomplete`,
    );
  }
  try {
    const vocabulary = Vocabulary.fromTokens(vocab);
    if (kind !== 'huggingface') return createTokenizer(kind, vocabulary, json);
    if (!huggingFace) {
      throw new CheckpointError(
        `${prefix}config.json: expected the tokenizer word, char or bpe, got huggingface; give the option huggingFace to read it`,
      );
    }
    const tokenizer = await huggingFace(json);
    expectSameTokens(tokenizer.vocabulary, vocabulary, file);
    return tokenizer;
  } catch (cause) {
    if (!TextError.isInstance(cause)) throw cause;
    throw new CheckpointError(`${file}: ${cause.message}`, { cause });
  }
}

function expectSameTokens(got: Vocabulary, expected: Vocabulary, file: string): void {
  const differs = expected.tokens.findIndex((token, id) => token !== got.tokens[id]);
  if (differs < 0 && got.size === expected.size) return;
  const which = got.size === expected.size ? `others from id ${differs}` : got.size;
  throw new CheckpointError(
    `${file}: expected the ${expected.size} tokens of vocab.json, got ${which}; they belong to different models`,
  );
}
