export { firstDifference, type Tolerance, toBeAllClose } from './all-close.ts';
export { type GradientCheck, gradientCheck } from './gradient-check.ts';
