import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WordTable } from './word-table.ts';

test('words have the ids of their first appearance, wherever they stand in a text', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '\0', '가', '😀'), maxLength: 12 });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 3000 }), fc.string(), word, (words, before, other) => {
      const table = new WordTable();
      const ids = words.map((word) =>
        table.findOrAdd(`${before}${word}-`, before.length, before.length + word.length),
      );
      const expected = [...new Set(words)];
      expect(table.words).toEqual(expected);
      expect(ids).toEqual(words.map((word) => expected.indexOf(word)));
      expect(table.find(other, 0, other.length)).toBe(expected.indexOf(other));
    }),
  );
});

test('many words are told apart', () => {
  const table = new WordTable();
  const words = Array.from({ length: 200_000 }, (_, i) => i.toString(36));
  for (const word of words) table.findOrAdd(word, 0, word.length);
  expect(table.words).toEqual(words);
  expect(words.every((word, id) => table.find(word, 0, word.length) === id)).toBe(true);
  expect(table.find('-', 0, 1)).toBe(-1);
});
