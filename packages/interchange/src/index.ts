export { fromPyTorch } from './from-pytorch.ts';
export type { ModelConfig } from './model-config.ts';
export { modelPy } from './model-py.ts';
export { toNpz } from './to-npz.ts';
export { toOnnx } from './to-onnx.ts';
export { toPyTorch } from './to-pytorch.ts';
