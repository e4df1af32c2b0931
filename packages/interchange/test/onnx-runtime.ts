import type * as ort from 'onnxruntime-node';

/** ONNX Runtime, or why it is not there: it needs a native library that not every platform has. */
export const onnxRuntime: { readonly ort?: typeof ort; readonly title: string } = await import(
  'onnxruntime-node'
).then(
  (loaded) => ({ ort: loaded, title: 'ONNX Runtime' }),
  (error: unknown) => ({
    title: `ONNX Runtime, which cannot be loaded here: ${error instanceof Error ? error.message : String(error)}`,
  }),
);
