import { assignParams, type NamedArray } from '@unroll/checkpoint';
import { createModel, type LanguageModel, type ModelConfig } from '@unroll/rnnlm';
import { Random, ReferenceBackend } from '@unroll/tensor';

export interface RandomModel {
  readonly model: LanguageModel;
  readonly config: ModelConfig;
  readonly tensors: Map<string, NamedArray>;
}

/** A model with weights as large as those of a trained one, biases too, on the reference backend. */
export function randomModel(config: ModelConfig, seed = 1): RandomModel {
  const model = createModel(config, { backend: new ReferenceBackend() });
  const random = new Random(seed);
  const tensors = new Map<string, NamedArray>();
  for (const { name, value } of model.params) {
    const data = new Float32Array(value.size);
    const deviation = name === 'embed.W' ? 1 : value.shape.length === 1 ? 0.3 : 1.2 / Math.sqrt(value.rows);
    random.normals(data, deviation);
    tensors.set(name, { dtype: 'f32', shape: value.shape, data });
  }
  assignParams(model.params, tensors, 'randomModel');
  return { model, config, tensors };
}
