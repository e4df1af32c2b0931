/** What was found out in a browser. */
export interface Report {
  readonly crossOriginIsolated: boolean;
  /** Of the backend that was checked. */
  readonly threads: number;
  readonly relaxedSimd: boolean;
  /** How many checks passed. */
  readonly passed: number;
  /** The others: what each claims, and how it is not so. */
  readonly failures: readonly string[];
}

/** What the page sends: a report, or why there is none. */
export type Answer = Report | { readonly crash: string };
