import type { Tokenizer } from '@unroll/text';

/** Turns ids into text as they come, with the spaces between words where they belong. */
export class TextStream {
  readonly #tokenizer: Tokenizer;
  #last: number[];

  /** @param before the id that the text goes on from, if any */
  constructor(tokenizer: Tokenizer, before?: number) {
    this.#tokenizer = tokenizer;
    this.#last = before === undefined ? [] : [before];
  }

  /** The text that this id adds. */
  next(id: number): string {
    const both = this.#tokenizer.decode([...this.#last, id]);
    const known = this.#tokenizer.decode(this.#last);
    this.#last = [id];
    return both.slice(known.length);
  }
}
