/**
 * GPT-2's pattern (Radford et al. 2019): a word or a number with the space before it, other signs likewise, the endings of
 * English contractions, and what is left of white space. `\p{White_Space}` is what `\s` means to the tools that the pattern
 * comes from; in JavaScript, `\s` lacks U+0085 and has U+FEFF.
 */
const PATTERN =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/u;

/** The words of a text, within which bytes are merged. Joined, they are the text. */
export function* splitForBpe(text: string): Generator<string> {
  const word = new RegExp(PATTERN, 'gu');
  // One word begins where the one before it ends, and to test is several times as fast as to match.
  for (let start = 0; word.test(text); start = word.lastIndex) yield text.slice(start, word.lastIndex);
}
