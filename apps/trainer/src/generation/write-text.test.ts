import { BpeTokenizer, CharTokenizer, type Tokenizer, WordTokenizer } from '@unroll/text';
import { describe, expect, it } from 'vitest';
import { type Piece, type WriteTextOptions, writeText } from './write-text.ts';

async function* idsOf(tokenizer: Tokenizer, text: string): AsyncGenerator<number> {
  yield* tokenizer.encode(text);
}

async function piecesOf(
  tokenizer: Tokenizer,
  text: string,
  options: Partial<WriteTextOptions> = {},
): Promise<Piece[]> {
  const stream = options.stream ?? tokenizer.stream();
  return collect(writeText(idsOf(tokenizer, text), { stream, ...options }));
}

async function collect(written: AsyncIterable<Piece>): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for await (const piece of written) pieces.push(piece);
  return pieces;
}

const chars = CharTokenizer.fromText('one two three');

describe('writeText', () => {
  it('says with the last piece that the text has its full length', async () => {
    const pieces = await piecesOf(chars, 'one');
    expect(pieces.map(({ text }) => text)).toEqual(['o', 'n', 'e', '']);
    expect(pieces.map(({ finishReason }) => finishReason)).toEqual([
      undefined,
      undefined,
      undefined,
      'length',
    ]);
    expect(pieces.at(-1)?.tokens).toBe(3);
  });

  it('ends before a stop string that lies across tokens, and counts the tokens that were drawn for it', async () => {
    const pieces = await piecesOf(chars, 'one two', { stop: ['e t'] });
    expect(pieces.map(({ text }) => text).join('')).toBe('on');
    expect(pieces.at(-1)).toEqual({ text: '', tokens: 5, finishReason: 'stop' });
  });

  it('writes at the end what might have become a stop string', async () => {
    const pieces = await piecesOf(chars, 'one t', { stop: ['e two'] });
    expect(pieces.at(-1)).toEqual({ text: 'e t', tokens: 5, finishReason: 'length' });
  });

  it('takes nothing more from its ids after a stop string', async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<number> {
      for (;;) {
        taken++;
        yield 0;
      }
    }
    await collect(writeText(endless(), { stream: chars.stream(), stop: ['oo'] }));
    expect(taken).toBe(2);
  });

  it('says that it was cancelled', async () => {
    const signal = { aborted: false };
    const reasons: unknown[] = [];
    for await (const { finishReason, tokens } of writeText(idsOf(chars, 'one two'), {
      stream: chars.stream(),
      signal,
    })) {
      reasons.push(finishReason);
      signal.aborted = tokens === 2;
    }
    expect(reasons).toEqual([undefined, undefined, 'cancelled']);
  });

  it('puts spaces between words, also after the prompt', async () => {
    const words = WordTokenizer.fromText('the cat sat');
    const pieces = await piecesOf(words, 'cat sat', { stream: words.stream(words.vocabulary.id('the')) });
    expect(pieces.map(({ text }) => text)).toEqual([' cat', ' sat', '']);
  });

  it('keeps the bytes of a character back until it is whole, and looks for stop strings in characters', async () => {
    const bytes = BpeTokenizer.train('', { vocabSize: 256 });
    const pieces = await piecesOf(bytes, 'a☃b☃', { stop: ['b☃'] });
    expect(pieces.map(({ text }) => text)).toEqual(['a', '', '', '☃', '', '', '', '']);
    expect(pieces.at(-1)?.finishReason).toBe('stop');
  });
});
