import type { Checks } from './check.ts';
import { elementwiseChecks } from './elementwise-checks.ts';
import { embeddingChecks } from './embedding-checks.ts';
import { gruChecks } from './gru-checks.ts';
import { layerNormChecks } from './layer-norm-checks.ts';
import { lossChecks } from './loss-checks.ts';
import { lstmChecks } from './lstm-checks.ts';
import { matmulChecks } from './matmul-checks.ts';
import { memoryChecks } from './memory-checks.ts';
import { normChecks } from './norm-checks.ts';
import { optimizerChecks } from './optimizer-checks.ts';
import { recurrenceChecks } from './recurrence-checks.ts';
import { rnnChecks } from './rnn-checks.ts';

/**
 * The contract of a backend as checks: for each of its members, by sentences that say what is claimed, functions that
 * throw where a backend does otherwise. `describeBackend` makes vitest's tests of them; another runner can call them.
 */
export const backendChecks: Checks = {
  ...memoryChecks,
  ...elementwiseChecks,
  ...matmulChecks,
  ...embeddingChecks,
  ...layerNormChecks,
  ...rnnChecks,
  ...lstmChecks,
  ...gruChecks,
  ...recurrenceChecks,
  ...lossChecks,
  ...normChecks,
  ...optimizerChecks,
};
