import { Tokenizer as Library } from '@huggingface/tokenizers';
import { showCount, showToken } from '../show.ts';
import { TextError } from '../text-error.ts';
import type { TextStream } from '../text-stream.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { Vocabulary } from '../vocabulary.ts';

/** What a decoder writes for bytes that are no character, or not yet. */
const REPLACEMENT = '\uFFFD';

/** A character has four bytes at most, and so is whole after as many ids. */
const MOST_HELD = 4;

/**
 * The tokenizer of a `tokenizer.json` that other tools made, of any kind that `@huggingface/tokenizers` reads. It adds no
 * special tokens to a text, and decodes all tokens that there are.
 */
export class HuggingFaceTokenizer implements Tokenizer {
  readonly kind = 'huggingface';
  readonly vocabulary: Vocabulary;
  readonly unknownId: number | undefined;
  readonly #json: unknown;
  readonly #library: Library;

  private constructor(json: unknown, library: Library) {
    this.#json = json;
    this.#library = library;
    const { vocab = [], unk_token: unknown } = library.model ?? {};
    this.vocabulary = Vocabulary.fromTokens(Array.from(vocab, (token, id) => token ?? `<unused ${id}>`));
    this.unknownId = typeof unknown === 'string' ? this.vocabulary.id(unknown) : undefined;
  }

  /**
   * @param json what `tokenizer.json` holds, of unknown origin
   * @throws {TextError} if the library cannot use it
   */
  static fromJSON(json: unknown): HuggingFaceTokenizer {
    return attempt('fromJSON', () => {
      const { model, added_tokens = [], ...others } = json as LibraryJson;
      checkIds(model, added_tokens);
      checkContents(added_tokens);
      const whole = { ...absentParts, ...others, model, added_tokens };
      // Some kinds of model read what is unknown from another file.
      const config = { unk_token: model.unk_token, clean_up_tokenization_spaces: false };
      return new HuggingFaceTokenizer(json, new Library(whole, config));
    });
  }

  /** The value that it was made from. */
  toJSON(): unknown {
    return this.#json;
  }

  encode(text: string): Int32Array {
    const { ids, tokens } = attempt('encode', () =>
      this.#library.encode(text, { add_special_tokens: false }),
    );
    const { size } = this.vocabulary;
    const odd = ids.findIndex((id) => !isIdBelow(size, id));
    if (odd >= 0) {
      throw new TextError(
        `HuggingFaceTokenizer.encode: the vocabulary of ${showCount(size)} tokens has no ${showToken(String(tokens[odd]))}, and none ` +
          'that stands for what is unknown. Use a tokenizer that knows this text.',
      );
    }
    return Int32Array.from(ids);
  }

  decode(ids: ArrayLike<number>): string {
    if (ids.length === 0) return '';
    const all = Array.from(ids);
    for (const id of all) this.vocabulary.token(id);
    return attempt('decode', () => this.#library.decode(all));
  }

  stream(before?: number): TextStream {
    let told = before === undefined ? [] : [before];
    let held: number[] = [];
    const textOfHeld = (): string => this.decode([...told, ...held]).slice(this.decode(told).length);
    return {
      next: (id) => {
        held.push(id);
        const text = textOfHeld();
        if (text.endsWith(REPLACEMENT) && held.length < MOST_HELD) return '';
        [told, held] = [held, []];
        return text;
      },
      end: () => {
        const text = textOfHeld();
        [told, held] = [held, []];
        return text;
      },
    };
  }
}

interface LibraryJson {
  readonly model: { readonly vocab: unknown; readonly unk_token?: unknown };
  readonly added_tokens?: readonly { readonly id: unknown; readonly content?: unknown }[];
}

/** The library asks for these, even where there are none. */
const absentParts = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };

/** Before the library makes a list that is as long as the largest id says. */
function checkIds({ vocab }: LibraryJson['model'], added: NonNullable<LibraryJson['added_tokens']>): void {
  const ids: unknown[] = Array.isArray(vocab) ? [...vocab.keys()] : Object.values(vocab as object);
  const all = [...ids, ...added.map(({ id }) => id)];
  const limit = 2 * all.length + 1024; // Some vocabularies have gaps.
  const odd = all.findIndex((id) => !isIdBelow(limit, id));
  if (odd >= 0) {
    throw new Error(
      `expected ids below ${showCount(limit)} for ${showCount(all.length)} tokens, got ${all[odd]}`,
    );
  }
}

/** Before the library goes through something that says how long it is. */
function checkContents(added: NonNullable<LibraryJson['added_tokens']>): void {
  const odd = added.findIndex(({ content }) => typeof content !== 'string');
  if (odd >= 0) throw new Error(`expected the content of added token ${odd} to be text`);
}

function isIdBelow(limit: number, id: unknown): boolean {
  return Number.isInteger(id) && (id as number) >= 0 && (id as number) < limit;
}

/** Whatever the library throws, with a name to it. */
function attempt<Result>(method: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (TextError.isInstance(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const hint = method === 'fromJSON' ? '. Is it the tokenizer.json of a tokenizer?' : '';
    throw new TextError(`HuggingFaceTokenizer.${method}: ${reason}${hint}`, { cause: error });
  }
}
