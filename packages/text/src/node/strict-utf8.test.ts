import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NotText, StrictUtf8 } from './strict-utf8.ts';

/** Text and places in its bytes at which to cut it. */
const texts = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((text) => !text.startsWith('\uFEFF') && !text.includes('\0'));

function decode(bytes: Uint8Array, cuts: readonly number[] = []): string {
  const utf8 = new StrictUtf8();
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const parts = places.slice(1).map((end, i) => utf8.add(bytes.subarray(places[i], end)));
  return parts.join('') + utf8.end();
}

describe('the bytes of a text', () => {
  test('give the same text wherever they are cut', () => {
    fc.assert(
      fc.property(texts, fc.boolean(), fc.array(fc.nat()), (text, hasMark, cuts) => {
        expect(decode(Buffer.from(hasMark ? `\uFEFF${text}` : text), cuts)).toBe(text);
      }),
    );
  });

  test('are decoded as they come, but for a character that is not whole', () => {
    const utf8 = new StrictUtf8();
    const [e, f, ...rest] = Buffer.from('한😀');
    expect(utf8.add(Buffer.from('abc'))).toBe('abc');
    expect(utf8.add(Uint8Array.of(e))).toBe('');
    expect(utf8.add(Uint8Array.of(f))).toBe('');
    expect(utf8.add(Uint8Array.from(rest.slice(0, -1)))).toBe('한');
    expect(utf8.add(Uint8Array.from(rest.slice(-1)))).toBe('😀');
    expect(utf8.end()).toBe('');
  });
});

describe('bytes that are no text are refused', () => {
  const bad = fc.constantFrom(
    [0x80],
    [0xff],
    [0xc3, 0x41],
    [0xf0, 0x9f, 0x98],
    [0xef, 0xbf],
    [0xef],
    [0xe0, 0x80],
  );

  test('with the offset of the first bad one, wherever that is and wherever they are cut', () => {
    fc.assert(
      fc.property(
        texts,
        bad,
        fc.array(fc.nat()),
        fc.constantFrom('', ' \uFFFD'),
        (text, bad, cuts, after) => {
          const before = Buffer.from(text);
          const bytes = Buffer.concat([before, Buffer.from(bad), Buffer.from(after)]);
          const byte = `0x${bad[0].toString(16).toUpperCase()}`;
          expect(() => decode(bytes, cuts)).toThrow(
            new NotText(`is not valid UTF-8 (byte ${byte} at offset ${before.length}); save it as UTF-8`),
          );
        },
      ),
    );
  });

  test('with the offset of a NUL in a later chunk', () => {
    expect(() => decode(Buffer.from('한국어\0'), [4])).toThrow('NUL byte at offset 9');
  });

  test('also if one by one they are only a byte order mark, or the beginning of one', () => {
    expect(() => decode(Uint8Array.of(0xef, 0xbb, 0xbf), [1, 2])).toThrow(
      'is empty but for a byte order mark',
    );
    expect(() => decode(Uint8Array.of(0xff, 0xfe), [1])).toThrow('is UTF-16');
    expect(() => decode(Uint8Array.of(0xef, 0xbb), [1])).toThrow('0xEF at offset 0');
    expect(() => decode(Uint8Array.of())).toThrow('is empty');
  });
});
