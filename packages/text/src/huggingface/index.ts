export { HuggingFaceTokenizer } from './hugging-face-tokenizer.ts';
export { tokenizerFromJSON } from './tokenizer-from-json.ts';
