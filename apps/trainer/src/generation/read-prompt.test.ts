import { describe, expect, it } from 'vitest';
import { DataError, UsageError } from '../exit-code.ts';
import { readPrompt, textFrom } from './read-prompt.ts';

async function* input(...chunks: (string | number[])[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : Uint8Array.from(chunk);
}

describe('textFrom', () => {
  it('puts characters together that lie across chunks, and leaves the end of the last line out', async () => {
    const [snow, man] = [[0xe2, 0x98], [0x83]];
    expect(await textFrom(input('a\nb ', snow, man, '\n'))).toBe('a\nb ☃');
    expect(await textFrom(input('a\r\n'))).toBe('a');
    expect(await textFrom(input('a\n\n'))).toBe('a\n');
    expect(await textFrom(input())).toBe('');
  });

  it.each([
    [[0xff]],
    [[0x61, 0xe2, 0x98]], // cut off
  ])('refuses the bytes %j', async (bytes) => {
    await expect(textFrom(input(bytes))).rejects.toThrow(
      new DataError('standard input: expected text in UTF-8, got bytes that are none'),
    );
  });

  it('reads no more of an input that never ends than a prompt may have', async () => {
    let chunks = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (; ; chunks++) yield new Uint8Array(65_536).fill(0x61);
    }
    await expect(textFrom(endless())).rejects.toThrow('expected a prompt of at most 1.0 MiB, got more');
    expect(chunks).toBe(16);
  });
});

describe('readPrompt', () => {
  it('takes the option, or the words', async () => {
    expect(await readPrompt('the cat', [])).toBe('the cat');
    expect(await readPrompt(undefined, ['the', 'cat'])).toBe('the cat');
    expect(await readPrompt('', [])).toBe('');
  });

  it('refuses both', async () => {
    await expect(readPrompt('the', ['cat'])).rejects.toThrow(UsageError);
  });
});
