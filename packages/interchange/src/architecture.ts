import { CheckpointError } from '@unroll/checkpoint';
import type { ModelConfig } from './model-config.ts';

/** The recurrent layer of a model, and how each of the formats has it. */
export interface Architecture {
  /** Its name, in ours and in PyTorch's tensors. */
  readonly layer: 'lstm' | 'rnn';
  /** PyTorch's module and ONNX's operator. */
  readonly operator: 'LSTM' | 'RNN';
  /** What it carries from step to step. */
  readonly state: readonly ('h' | 'c')[];
  /**
   * In which order the gates lie, in blocks of H: forget, new (ONNX calls it c, cell), input, output. A tanh RNN has one block.
   *
   * Sources: https://pytorch.org/docs/stable/generated/torch.nn.LSTM.html (`W_ii|W_if|W_ig|W_io`) and
   * https://onnx.ai/onnx/operators/onnx__LSTM.html (`W[iofc]`).
   */
  readonly gates: { readonly unroll: string; readonly pytorch: string; readonly onnx: string };
}

const architectures: ReadonlyMap<string, Architecture> = new Map([
  [
    'rnnlm',
    {
      layer: 'lstm',
      operator: 'LSTM',
      state: ['h', 'c'],
      gates: { unroll: 'fgio', pytorch: 'ifgo', onnx: 'iofg' },
    },
  ],
  [
    'simple-rnnlm',
    { layer: 'rnn', operator: 'RNN', state: ['h'], gates: { unroll: 'h', pytorch: 'h', onnx: 'h' } },
  ],
]);

/**
 * The architecture that a configuration names. It may come from a file, whatever its type says.
 * @throws CheckpointError for another model, and for a size that is not a whole number from 1
 */
export function architectureOf(operation: string, config: ModelConfig): Architecture {
  const found = architectures.get(config.model);
  if (!found) {
    throw new CheckpointError(
      `${operation}: expected a model that is one of ${[...architectures.keys()].join(', ')}, ` +
        `got ${JSON.stringify(config.model)}. Other models have no such form yet.`,
    );
  }
  const { vocabSize, wordvecSize, hiddenSize } = config;
  for (const [name, size] of Object.entries({ vocabSize, wordvecSize, hiddenSize })) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new CheckpointError(
        `${operation}: expected ${name} to be a whole number from 1, got ${JSON.stringify(size)}. Check config.json.`,
      );
    }
  }
  return found;
}
