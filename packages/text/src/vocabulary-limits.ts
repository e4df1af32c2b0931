import { TextError } from './text-error.ts';

/** Which tokens of a text a vocabulary has. With either of them, it has `<unk>` for all others. */
export interface VocabularyLimits {
  /** Only tokens that occur at least so often. */
  readonly minCount?: number;
  /** At most so many tokens, `<unk>` counted too: the most frequent ones, and of equally frequent ones the earlier. */
  readonly vocabSize?: number;
}

/** The token that stands for every unknown one, if the vocabulary has it. */
export const UNKNOWN = '<unk>';

/**
 * Cuts down the tokens of a text. What is left is what the text would have if `<unk>` had stood in it in the place of each
 * token that goes: ids by first appearance, also that of `<unk>`, which comes last if nothing goes.
 *
 * @param tokens by first appearance
 * @param counts how often each occurs
 * @param needed tokens that stay, however rare
 * @returns the new tokens, and the new id of each old one
 * @throws {TextError} if `minCount` is more than any token has
 */
export function limitTokens(
  tokens: readonly string[],
  counts: Float64Array,
  { minCount = 1, vocabSize = Number.MAX_SAFE_INTEGER }: VocabularyLimits,
  needed: readonly string[] = [],
): { tokens: string[]; renumbered: Int32Array } {
  const weight = (id: number): number =>
    needed.includes(tokens[id]) ? Number.POSITIVE_INFINITY : counts[id];
  const candidates = [...tokens.keys()].filter((id) => tokens[id] !== UNKNOWN && weight(id) >= minCount);
  if (candidates.every((id) => needed.includes(tokens[id]))) expectReached(tokens, counts, minCount, needed);
  // Sorting is stable, so that of equally frequent tokens the earlier one comes first.
  if (candidates.length >= vocabSize) candidates.sort((a, b) => compare(weight(b), weight(a)));
  const stays = new Set(candidates.slice(0, vocabSize - 1));

  const kept: string[] = [];
  let unknown = -1;
  const renumbered = Int32Array.from(tokens, (token, id) => {
    if (stays.has(id)) return kept.push(token) - 1;
    if (unknown < 0) unknown = kept.push(UNKNOWN) - 1;
    return unknown;
  });
  if (unknown < 0) kept.push(UNKNOWN);
  return { tokens: kept, renumbered };
}

/**
 * Is there a limit at all?
 *
 * @throws {TextError} if `minCount` is not an integer of at least 1, or `vocabSize` one of at least 2
 */
export function hasLimits({ minCount, vocabSize }: VocabularyLimits): boolean {
  checkLimit('minCount', minCount, 1);
  checkLimit('vocabSize', vocabSize, 2);
  return minCount !== undefined || vocabSize !== undefined;
}

function expectReached(
  tokens: readonly string[],
  counts: Float64Array,
  minCount: number,
  needed: readonly string[],
): void {
  const ids = [...tokens.keys()].filter((id) => tokens[id] !== UNKNOWN && !needed.includes(tokens[id]));
  if (ids.length === 0) return; // The text has nothing else, and that is no fault of the limit.
  const most = ids.reduce((best, id) => (counts[id] > counts[best] ? id : best));
  throw new TextError(
    `Vocabulary: expected a minCount that some token reaches, got ${minCount}, with which all would be ${UNKNOWN}; ` +
      `the most frequent one, ${JSON.stringify(tokens[most])}, occurs ${counts[most]} times. Use a smaller minCount`,
  );
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b; // Infinity - Infinity is no number.
}

function checkLimit(name: string, value: number | undefined, least: number): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= least)) {
    throw new TextError(`Vocabulary: expected ${name} to be an integer of at least ${least}, got ${value}`);
  }
}
