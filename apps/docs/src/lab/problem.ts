import { problemsInEnglish } from '../words/problems-en.ts';

/** What a reader can do something about, by name, with the values that it takes to say it: each page says it in its language. */
export interface Problems {
  /** Words are to be the tokens, and there are only spaces. */
  readonly noWords: Record<never, never>;
  readonly textTooShort: {
    readonly least: number;
    readonly batchSize: number;
    readonly timeSize: number;
    readonly tokens: number;
  };
  /** Some of the tokens that the model does not know, in quotation marks. */
  readonly unknownTokens: { readonly tokens: readonly string[] };
  /** Sizes in MB. */
  readonly tooLargeToTrain: {
    readonly most: number;
    readonly size: number;
    readonly vocabSize: number;
    readonly hasWords: boolean;
  };
  /** What diverged, in the words of the package. */
  readonly diverged: { readonly message: string };
  readonly filesTooLarge: { readonly file: string; readonly most: number };
  readonly fileTwice: { readonly file: string; readonly name: string };
  readonly notOfAModel: { readonly file: string; readonly known: readonly string[] };
  /** In the words of whoever read it. */
  readonly badZip: { readonly file: string; readonly message: string };
  readonly tooManyEntries: { readonly file: string; readonly most: number };
  readonly zipTooLarge: { readonly file: string; readonly most: number };
  readonly severalModels: {
    readonly file: string;
    readonly count: number;
    readonly folders: readonly string[];
  };
  /** What the browser has kept has the form of another version of the site. */
  readonly keptInOtherForm: Record<never, never>;
  readonly keptApart: Record<never, never>;
  readonly keptWithoutSettings: Record<never, never>;
  readonly noWorker: Record<never, never>;
  readonly notFetched: { readonly url: string; readonly answer: string };
}

export type ProblemName = keyof Problems;

/** Plain, so that it comes through from a worker. */
export type Problem = {
  readonly [Name in ProblemName]: { readonly name: Name; readonly values: Problems[Name] };
}[ProblemName];

/** In one language. */
export type ProblemWords = { readonly [Name in ProblemName]: (values: Problems[Name]) => string };

/** Its message is in English; `sayProblem` has other languages. */
export class LabError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(inWords(problemsInEnglish, problem), options);
    this.name = 'LabError';
    this.problem = problem;
  }
}

/** What was caught, in this language if it has words for it, else as it is. */
export function sayProblem(words: ProblemWords, caught: unknown): string {
  const problem = problemOf(caught);
  if (problem) return inWords(words, problem);
  return caught instanceof Error ? caught.message : String(caught);
}

/** What there are words for; an error from a worker may have lost its class on the way. */
export function problemOf(caught: unknown): Problem | undefined {
  if (!(caught instanceof Error)) return undefined;
  if ('problem' in caught) return caught.problem as Problem;
  return caught.name === 'DivergedError'
    ? { name: 'diverged', values: { message: caught.message } }
    : undefined;
}

export function inWords(words: ProblemWords, { name, values }: Problem): string {
  return (words[name] as (values: Problem['values']) => string)(values);
}
