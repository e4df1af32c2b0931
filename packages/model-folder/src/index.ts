export { type LoadedModel, type LoadOptions, modelFrom, valuesOf } from './model-values.ts';
export { packDescription, packModel } from './pack-model.ts';
export { type FolderConfig, parseModelConfig, tokenizerKinds } from './parse-model-config.ts';
export { type SavedTokenizer, type TokenizerOptions, tokenizerFrom } from './tokenizer-from.ts';
export { unpackModel } from './unpack-model.ts';
