import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileWhole } from '@unroll/checkpoint/node';
import { z } from 'zod';
import { ResultsError } from './results-error.ts';

/** What a run's own folder does not say: how it was begun, and how long each of its parts took. */
interface State {
  readonly command: string;
  readonly commit: string;
  /** Begun in milliseconds since 1970; without `seconds`, a part of which nobody saw the end. */
  readonly parts: { readonly begun: number; readonly seconds?: number }[];
  readonly finished: boolean;
}

const schema: z.ZodType<State> = z.object({
  command: z.string(),
  commit: z.string(),
  parts: z.array(z.object({ begun: z.number(), seconds: z.number().optional() })).min(1),
  finished: z.boolean(),
});

/** A run in a folder, in one part or several; kept in a file beside the folder. */
export class Attempt {
  readonly #out: string;
  #state: State;

  private constructor(out: string, state: State) {
    this.#out = out;
    this.#state = state;
  }

  static begin(out: string, command: string, commit: string): Attempt {
    return new Attempt(out, { command, commit, parts: [], finished: false });
  }

  /** @throws ResultsError if the run in the folder is another one */
  static goOn(out: string, command: string): Attempt {
    const state = readState(out);
    if (state?.command === command) return new Attempt(out, state);
    const other = state === undefined ? 'that was not begun here' : `of ${state.command}`;
    throw new ResultsError(
      `${out}: expected a run of ${command}, but there is one ${other}; remove it, or name another folder with --out`,
    );
  }

  /** Is there a run to go on with? */
  static isBegun(out: string): boolean {
    return existsSync(join(out, 'run.json'));
  }

  get commit(): string {
    return this.#state.commit;
  }

  get finished(): boolean {
    return this.#state.finished;
  }

  get parts(): number {
    return this.#state.parts.length;
  }

  get seconds(): number {
    return this.#state.parts.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
  }

  /** Takes the time of a part of the run. @returns its exit code; 0: the run is at its end */
  async time(part: () => Promise<number>): Promise<number> {
    const { parts } = this.#state;
    const before = parts.map(({ begun, seconds }) => ({
      begun,
      seconds: seconds ?? this.#secondsSince(begun),
    }));
    const begun = Date.now();
    await this.#keep({ parts: [...before, { begun }] });
    const start = performance.now();
    const code = await part();
    const seconds = (performance.now() - start) / 1000;
    await this.#keep({ parts: [...before, { begun, seconds }], finished: code === 0 });
    return code;
  }

  /** Of a part that was killed together with this program: until its last sign of life. */
  #secondsSince(begun: number): number {
    const last = statSync(join(this.#out, 'metrics.jsonl'), { throwIfNoEntry: false })?.mtimeMs ?? begun;
    return Math.max(0, last - begun) / 1000;
  }

  async #keep(changes: Partial<State>): Promise<void> {
    this.#state = { ...this.#state, ...changes };
    await mkdir(dirname(this.#out), { recursive: true });
    await writeFileWhole(fileOf(this.#out), new TextEncoder().encode(`${JSON.stringify(this.#state)}\n`));
  }
}

const fileOf = (out: string): string => `${out}.attempt.json`;

function readState(out: string): State | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(fileOf(out), 'utf8')));
  } catch {
    return undefined;
  }
}
