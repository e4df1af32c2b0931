import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StopStrings } from './stop-strings.ts';

/** What comes out for each piece, up to the end or the stop. */
function run(strings: string[], pieces: string[]): { parts: string[]; stopped: boolean } {
  const stops = new StopStrings(strings);
  const parts: string[] = [];
  for (const piece of pieces) {
    const { text, stopped } = stops.push(piece);
    parts.push(text);
    if (stopped) return { parts, stopped };
  }
  return { parts: [...parts, stops.end()], stopped: false };
}

describe('StopStrings', () => {
  it.each<[string[], string[], string[], boolean]>([
    [[], ['a', 'b'], ['a', 'b', ''], false],
    [['END'], ['on', 'eEN', 'D more'], ['on', 'e', ''], true],
    [['END'], ['oneEN', 'd'], ['one', 'ENd', ''], false],
    [['END'], ['oneEN'], ['one', 'EN'], false],
    [['END'], ['EEN', 'D'], ['E', ''], true],
    [['\n\n'], ['a\n', 'b\n', '\nc'], ['a', '\nb', ''], true],
    [['b', 'ab'], ['xab'], ['x'], true],
    [['abcd', 'bc'], ['a', 'b', 'c'], ['', '', 'a'], true],
    [['aab'], ['aa', 'a', 'b'], ['', 'a', ''], true],
  ])('with %j turns %j into %j', (strings, pieces, parts, stopped) => {
    expect(run(strings, pieces)).toEqual({ parts, stopped });
  });

  it('ends a text at the same place however it is cut into pieces, and never lets the beginning of a string through', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 30 });
    const strings = fc.array(
      fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 5 }),
      {
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(strings, letters, fc.array(fc.nat(30)), (stops, text, cuts) => {
        const at = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, i) => text.slice(at[i], end));
        const whole = run(stops, [...text]);
        const cut = run(stops, pieces);
        expect(cut.parts.join('')).toBe(whole.parts.join(''));
        expect(cut.stopped).toBe(whole.stopped);
        // The definition, at its simplest: the shortest beginning of the text that ends with a stop string.
        const end = Array.from(text, (_, i) => i + 1).find((i) =>
          stops.some((s) => text.slice(0, i).endsWith(s)),
        );
        const before = text.slice(0, end);
        const longest = Math.max(0, ...stops.filter((s) => before.endsWith(s)).map((s) => s.length));
        expect(cut.parts.join('')).toBe(end === undefined ? text : before.slice(0, end - longest));
      }),
    );
  });
});
