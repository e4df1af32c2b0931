export { BpttBatches, type BpttBatchesOptions } from './bptt-batches.ts';
export { CharTokenizer } from './char-tokenizer.ts';
export { createTokenizer } from './create-tokenizer.ts';
export { type SplitFractions, type SplitIds, splitIds } from './split-ids.ts';
export { TextError } from './text-error.ts';
export type { Tokenizer, TokenizerKind } from './tokenizer.ts';
export { Vocabulary } from './vocabulary.ts';
export { WordTokenizer } from './word-tokenizer.ts';
