import { join } from 'node:path';

export interface ModelPaths {
  readonly config: string;
  readonly vocab: string;
  readonly tokenizer: string;
  readonly weights: string;
}

export function modelPaths(folder: string): ModelPaths {
  return {
    config: join(folder, 'config.json'),
    vocab: join(folder, 'vocab.json'),
    tokenizer: join(folder, 'tokenizer.json'),
    weights: join(folder, 'model.safetensors'),
  };
}
