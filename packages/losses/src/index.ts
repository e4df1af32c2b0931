export { perplexity } from './perplexity.ts';
export { SigmoidWithLoss } from './sigmoid-with-loss.ts';
export { SoftmaxWithLoss } from './softmax-with-loss.ts';
export { TimeSigmoidWithLoss } from './time-sigmoid-with-loss.ts';
export { TimeSoftmaxWithLoss } from './time-softmax-with-loss.ts';
