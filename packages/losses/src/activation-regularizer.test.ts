import { ReferenceBackend, tensor } from '@unroll/tensor';
import { expect, it } from 'vitest';
import { describeActivationPenalty } from '../test/describe-activation-penalty.ts';
import { ActivationRegularizer } from './activation-regularizer.ts';

describeActivationPenalty('ActivationRegularizer', (alpha) => new ActivationRegularizer(alpha), [
  'activation',
]);

it('costs alpha times the mean square', async () => {
  const layer = new ActivationRegularizer(2);
  layer.forward(tensor(new ReferenceBackend(), [1, 2, 3, 4], [1, 2, 2]));
  expect(await layer.loss.item()).toBe(15);
  expect(layer.alpha).toBe(2);
});
