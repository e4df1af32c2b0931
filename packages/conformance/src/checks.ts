export { backendChecks } from './backend/backend-checks.ts';
export type { Check, Checks, FloatDType, Kernel } from './backend/check.ts';
export { type GradientCheck, gradientCheck } from './gradient-check.ts';
