/**
 * What the search index is made of: words, and of Hangul each two syllables that stand together, since particles stick to nouns: whoever
 * looks for 기울기 should find 기울기를 and 기울기가. It travels to the browser as text, and so may use nothing from outside.
 */
export function tokenizeForSearch(text: string): string[] {
  const tokens: string[] = [];
  for (const word of text.toLowerCase().split(/[^\p{L}\p{N}_]+/u)) {
    for (const run of word.match(/[\uac00-\ud7a3]+|[^\uac00-\ud7a3]+/g) ?? []) {
      if (!/[\uac00-\ud7a3]/.test(run) || run.length === 1) tokens.push(run);
      else for (let i = 0; i + 2 <= run.length; i++) tokens.push(run.slice(i, i + 2));
    }
  }
  return tokens;
}
