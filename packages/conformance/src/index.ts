export { firstDifference, type Tolerance, toBeAllClose } from './all-close.ts';
export { backendChecks } from './backend/backend-checks.ts';
export type { Check, Checks, FloatDType, Kernel } from './backend/check.ts';
export { type BackendUnderTest, describeBackend } from './describe-backend.ts';
export { describeLayer, type LayerCheck, type LayerUnderTest, layerChecks } from './describe-layer.ts';
export { type GradientCheck, gradientCheck } from './gradient-check.ts';
