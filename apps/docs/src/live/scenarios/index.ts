import type { Scenario } from '../scenario.ts';
import { lstm } from './lstm.ts';
import { rnnlm } from './rnnlm.ts';
import { timeAffine } from './time-affine.ts';
import { timeEmbedding } from './time-embedding.ts';
import { timeLstm } from './time-lstm.ts';
import { timeSoftmaxWithLoss } from './time-softmax-with-loss.ts';

/** By the name that a page calls them by. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  lstm,
  'time-lstm': timeLstm,
  'time-embedding': timeEmbedding,
  'time-affine': timeAffine,
  'time-softmax-with-loss': timeSoftmaxWithLoss,
  rnnlm,
};
