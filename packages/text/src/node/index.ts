export { type DownloadPtbOptions, downloadPtb, type PtbDownload } from './download-ptb.ts';
export type { DownloadProgress } from './download-verified.ts';
export type { CorpusPaths, TextPaths } from './find-corpus.ts';
export { type Corpus, type LoadCorpusOptions, loadCorpus } from './load-corpus.ts';
export { type LoadedTexts, loadTexts } from './load-texts.ts';
export { readTextFile } from './read-text-file.ts';
