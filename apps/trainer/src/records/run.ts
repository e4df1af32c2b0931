/** What is known of a run from its folder, small enough to draw. */
export interface Run {
  readonly path: string;
  /** The folder's own name. */
  readonly name: string;
  /** What it was told, and where it ran: by path, such as `training.batchSize`, in the order of the files. */
  readonly settings: ReadonlyMap<string, Scalar>;
  readonly environment: ReadonlyMap<string, Scalar>;
  /** Of the saved model: kind and sizes. */
  readonly model: ReadonlyMap<string, Scalar>;
  /** About, with blocks of random length. */
  readonly tokensPerStep?: number;
  /** How many numbers the model has. */
  readonly parameters?: number;
  /** Means over stretches of the logged steps, all of the same number of lines; in order. */
  readonly steps: readonly StepRecord[];
  /** The last line as it is. */
  readonly lastStep?: StepRecord;
  /** In training alone: what evaluating and saving took is not in it. */
  readonly seconds?: number;
  /** In order; of several thousand, the best of each stretch. */
  readonly evaluations: readonly EvaluationRecord[];
  readonly best?: EvaluationRecord;
  /** On the text that training never saw, if that was measured. */
  readonly test?: Result;
  /** In order; of forty or more every second one, or fourth, and so on, and the last. */
  readonly samples: readonly Sample[];
}

export type Scalar = string | number | boolean;

/** Of a step or, in a long run, the means over a stretch, with the last of its steps and epochs. Numbers may be NaN or infinite. */
export interface StepRecord {
  readonly step: number;
  readonly epoch: number;
  /** In nats. */
  readonly loss: number;
  readonly lr: number;
  readonly gradNorm: number;
  readonly tokensPerSecond: number;
}

export interface Result {
  readonly loss: number;
  readonly perplexity: number;
}

export interface EvaluationRecord extends Result {
  readonly step: number;
  readonly epoch: number;
}

export interface Sample {
  readonly step: number;
  readonly text: string;
}
