import { type LanguageModel, type ModelState, type SamplingOptions, sampleId } from '@unroll/rnnlm';
import { type Random, type Tensor, ValueError, zeros } from '@unroll/tensor';
import { breathe } from '../breathe.ts';
import { rowOfState, stackStates } from './stack-states.ts';

/** How much of a prompt is read at a time. */
const LONGEST_PART = 64;
/** So many tokens lie ready for a reader that is slow; then its text waits. */
const LOOK_AHEAD = 16;

export interface WriteOptions extends SamplingOptions {
  /** What to go on from, at least one id. */
  readonly prompt: ArrayLike<number>;
  /** How many tokens to draw. */
  readonly sampleSize: number;
  /** Where the drawing comes from. */
  readonly random: Random;
  /** Ends the text before the next token, without an error. */
  readonly signal?: { readonly aborted: boolean };
}

/** A text that is being written. */
interface Text {
  readonly options: WriteOptions;
  readonly controller: ReadableStreamDefaultController<number>;
  /** After everything that was read; none before that. */
  state: ModelState | undefined;
  /** What to read next, from `position` on: the prompt, then the token drawn last. */
  ids: ArrayLike<number>;
  position: number;
  drawn: number;
}

/**
 * One model writes many texts at a time: in every turn, those that have waited longest become one batch and get a token
 * each. A batch always has the same number of rows, those without a text zeros: a backend may sum in another order for
 * another number of rows, but so a text does not depend, not even in its last bits, on what is written beside it.
 *
 * The states lie with the texts and not in the model, so that texts may come, wait for their readers and go at any time.
 */
export class Engine {
  readonly #model: LanguageModel;
  readonly #rows: number;
  readonly #ids: Tensor;
  /** Those that have waited longest come first. */
  readonly #texts = new Set<Text>();
  #working = false;

  /**
   * @param model for this engine alone, which changes its state and trains no more
   * @param rows how many texts go into one batch. The products of the WebAssembly backend treat the rows of a batch alike if it
   *   is one, or a multiple of five.
   */
  constructor(model: LanguageModel, { rows }: { readonly rows: number }) {
    this.#model = model;
    model.training = false;
    this.#rows = rows;
    this.#ids = zeros(model.backend, [rows, 1], 'i32');
  }

  /**
   * The ids that follow the prompt, drawn as they are read. A reader that leaves early ends the text.
   * @throws ValueError if the prompt is empty, or has an id that the model does not know
   */
  write(options: WriteOptions): ReadableStream<number> {
    this.#checkPrompt(options.prompt);
    let text: Text;
    return new ReadableStream<number>(
      {
        start: (controller) => {
          text = { options, controller, state: undefined, ids: options.prompt, position: 0, drawn: 0 };
          this.#texts.add(text);
        },
        pull: () => this.#wake(),
        cancel: () => {
          this.#texts.delete(text);
        },
      },
      { highWaterMark: LOOK_AHEAD },
    );
  }

  #checkPrompt(prompt: ArrayLike<number>): void {
    const { vocabSize } = this.#model.config;
    if (prompt.length === 0)
      throw new ValueError('Engine.write: expected a prompt of at least one id, got none');
    for (let i = 0; i < prompt.length; i++) {
      if (!(Number.isInteger(prompt[i]) && prompt[i] >= 0 && prompt[i] < vocabSize)) {
        throw new ValueError(`Engine.write: expected ids from 0 to ${vocabSize - 1}, got ${prompt[i]}`);
      }
    }
  }

  #wake(): void {
    if (this.#working) return;
    this.#working = true;
    void this.#work();
  }

  async #work(): Promise<void> {
    for (let turn = this.#nextTurn(); turn.length > 0; turn = this.#nextTurn()) {
      try {
        await this.#take(turn);
      } catch (error) {
        for (const text of turn) this.#end(text, error);
      }
      await breathe();
    }
    this.#working = false;
  }

  /** Those whose readers want more, as many as go into a batch; they are the last to come again. */
  #nextTurn(): Text[] {
    const turn: Text[] = [];
    for (const text of this.#texts) {
      if (text.options.signal?.aborted || text.drawn >= text.options.sampleSize) this.#end(text);
      else if ((text.controller.desiredSize ?? 0) > 0 && turn.length < this.#rows) turn.push(text);
    }
    for (const text of turn) {
      this.#texts.delete(text);
      this.#texts.add(text);
    }
    return turn;
  }

  /** Those that have more of their prompt to read read a part of it; the others get a token. */
  async #take(turn: readonly Text[]): Promise<void> {
    const reading = turn.filter(({ ids, position }) => position < ids.length - 1);
    for (const text of reading) {
      await this.#readPart(text);
      await breathe();
    }
    const writing = turn.filter((text) => !reading.includes(text));
    if (writing.length > 0) await this.#step(writing);
  }

  async #readPart(text: Text): Promise<void> {
    const end = Math.min(text.position + LONGEST_PART, text.ids.length - 1);
    const part = Array.from({ length: end - text.position }, (_, i) => text.ids[text.position + i]);
    const xs = zeros(this.#model.backend, [1, part.length], 'i32');
    try {
      xs.write(part);
      this.#model.setState(text.state ?? new Map());
      this.#model.predict(xs);
      text.state = await this.#model.getState();
    } finally {
      xs.dispose();
    }
    text.position = end;
  }

  async #step(texts: readonly Text[]): Promise<void> {
    const model = this.#model;
    model.setState(
      stackStates(
        texts.map(({ state }) => state),
        this.#rows,
      ),
    );
    this.#ids.write(
      Array.from({ length: this.#rows }, (_, row) => texts[row]?.ids[texts[row].position] ?? 0),
    );
    const scores = await model.predict(this.#ids).read(); // (rows, 1, V)
    const state = await model.getState();
    const V = model.config.vocabSize;
    for (const [row, text] of texts.entries()) {
      text.state = rowOfState(state, row);
      this.#draw(text, scores.subarray(row * V, (row + 1) * V));
    }
  }

  #draw(text: Text, scores: ArrayLike<number>): void {
    if (!this.#texts.has(text)) return; // its reader left while the scores were computed
    try {
      const id = sampleId(scores, text.options, text.options.random);
      text.ids = [id];
      text.position = 0;
      text.drawn++;
      text.controller.enqueue(id);
    } catch (error) {
      this.#end(text, error);
    }
  }

  #end(text: Text, error?: unknown): void {
    if (!this.#texts.delete(text)) return;
    if (error === undefined) text.controller.close();
    else text.controller.error(error);
  }
}
