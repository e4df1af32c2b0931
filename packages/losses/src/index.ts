export { ActivationRegularizer } from './activation-regularizer.ts';
export { type AdaptiveShapes, AdaptiveSoftmaxWithLoss } from './adaptive-softmax-with-loss.ts';
export { perplexity } from './perplexity.ts';
export { SigmoidWithLoss } from './sigmoid-with-loss.ts';
export { SoftmaxWithLoss } from './softmax-with-loss.ts';
export { TemporalActivationRegularizer } from './temporal-activation-regularizer.ts';
export { TimeSigmoidWithLoss } from './time-sigmoid-with-loss.ts';
export { TimeSoftmaxWithLoss } from './time-softmax-with-loss.ts';
