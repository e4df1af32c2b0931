import { ReferenceBackend, tensor } from '@unroll/tensor';
import { expect, it } from 'vitest';
import { describeActivationPenalty } from '../test/describe-activation-penalty.ts';
import { TemporalActivationRegularizer } from './temporal-activation-regularizer.ts';

describeActivationPenalty(
  'TemporalActivationRegularizer',
  (beta) => new TemporalActivationRegularizer(beta),
  ['temporal', 'temporal-two-steps', 'temporal-one-step'],
);

it('costs beta times the mean square of the leaps from step to step', async () => {
  const layer = new TemporalActivationRegularizer(2);
  layer.forward(tensor(new ReferenceBackend(), [1, 2, 4, 6], [1, 2, 2]));
  expect(await layer.loss.item()).toBe(25);
  expect(layer.beta).toBe(2);
});
