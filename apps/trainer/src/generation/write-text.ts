import type { TextStream } from '@unroll/text';
import { StopStrings } from './stop-strings.ts';

/** Why a text ended: at a stop string, at its greatest length, or because nobody wants it any more. */
export type FinishReason = 'stop' | 'length' | 'cancelled';

/** Part of a text. */
export interface Piece {
  readonly text: string;
  /** Drawn up to here. */
  readonly tokens: number;
  /** Of the last piece. */
  readonly finishReason?: FinishReason;
}

export interface WriteTextOptions {
  readonly stream: TextStream;
  /** The text ends before the first of these. */
  readonly stop?: readonly string[];
  readonly signal?: { readonly aborted: boolean };
}

/** Turns ids into pieces of text, some of them empty, of which the last says why the text ends there. */
export async function* writeText(
  ids: AsyncIterable<number>,
  { stream, stop = [], signal }: WriteTextOptions,
): AsyncGenerator<Piece, void, void> {
  const stops = new StopStrings(stop);
  let tokens = 0;
  for await (const id of ids) {
    if (signal?.aborted) break;
    tokens++;
    const { text, stopped } = stops.push(stream.next(id));
    if (stopped) {
      yield { text, tokens, finishReason: 'stop' };
      return;
    }
    yield { text, tokens };
  }
  const { text, stopped } = stops.push(stream.end());
  if (stopped) yield { text, tokens, finishReason: 'stop' };
  else yield { text: text + stops.end(), tokens, finishReason: signal?.aborted ? 'cancelled' : 'length' };
}
