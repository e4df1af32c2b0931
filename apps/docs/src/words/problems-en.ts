import type { ProblemWords } from '../lab/problem.ts';

const number = (value: number): string => value.toLocaleString('en');

export const problemsInEnglish: ProblemWords = {
  noWords: () => 'expected a text with words, got one of spaces alone; choose characters, or another text',
  textTooShort: ({ least, batchSize, timeSize, tokens }) =>
    `expected at least ${number(least)} tokens of text, for N = ${batchSize} streams of T = ${timeSize} time steps; got ${number(tokens)}. ` +
    'Use a longer text, or a smaller N or T',
  unknownTokens: ({ tokens }) => `the text that the model has learned has no ${tokens.join(', ')}`,
  tooLargeToTrain: ({ most, size, vocabSize, hasWords }) =>
    `expected a model that takes at most ${most} MB to train, got about ${number(size)} MB for ${number(vocabSize)} different tokens; lower H, D, N, T or the number of layers${hasWords ? ', or take characters instead of words' : ''}`,
  diverged: ({ message }) => message,
  filesTooLarge: ({ file, most }) => `${file}: expected at most ${most} MB, got more`,
  fileTwice: ({ file, name }) => `${file}: expected the files of one model, got ${name} twice`,
  notOfAModel: ({ file, known }) =>
    `${file}: expected a zip of a model folder, or its files ${known.join(', ')}`,
  badZip: ({ file, message }) => `${file}: expected a zip of a model folder: ${message}`,
  tooManyEntries: ({ file, most }) =>
    `${file}: expected a zip of a model folder: at most ${most} entries, got more`,
  zipTooLarge: ({ file, most }) => `${file}: expected a zip of a model folder: at most ${most} MB, got more`,
  severalModels: ({ file, count, folders }) =>
    `${file}: expected a zip of a model folder: one model, got ${count}, in ${folders.join(', ')}; zip the folder of one`,
  keptInOtherForm: () => 'it has another form than models have here',
  keptApart: () => 'model and text do not belong together',
  keptWithoutSettings: () => 'its settings are none',
  noWorker: () => 'the worker of this page could not be loaded; is the connection gone?',
  notFetched: ({ url, answer }) => `${url}: expected a file of this site, got ${answer}`,
};
