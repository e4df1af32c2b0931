import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { paramsToArrays, serializeSafetensors } from '@unroll/checkpoint';
import { writeFileWhole } from '@unroll/checkpoint/node';
import { modelPy, toNpz, toOnnx, toPyTorch } from '@unroll/interchange';
import { packDescription } from '@unroll/model-folder';
import { loadModel } from '@unroll/model-folder/node';
import { ReferenceBackend } from '@unroll/tensor';
import { UsageError } from '../exit-code.ts';
import { quoted } from '../format.ts';
import { huggingFace } from '../hugging-face.ts';
import { checkOutFolder, writeFolderWhole } from './out-folder.ts';

export interface ExportOptions {
  readonly format: 'pytorch' | 'onnx' | 'npz';
  /** A folder; for npz a file. */
  readonly out: string;
  readonly force?: boolean;
}

/** Beside the weights; with them, `unroll import` and programs of one's own have all that they need. */
const TEXT_FILES = ['config.json', 'vocab.json', 'tokenizer.json'];
const FOLDER_FILES = {
  pytorch: ['model.safetensors', 'model.py', ...TEXT_FILES],
  onnx: ['model.onnx', ...TEXT_FILES],
} as const;

/** Writes a model folder in a form that PyTorch, ONNX Runtime or NumPy reads. */
export async function exportModel(
  folder: string,
  { format, out, force = false }: ExportOptions,
): Promise<void> {
  if (format === 'npz') checkOutFile(out, force);
  else {
    if (out.endsWith('.onnx')) {
      throw new UsageError(
        `--out ${out}: expected the name of a folder, into which model.onnx and vocab.json go`,
      );
    }
    await checkOutFolder(out, FOLDER_FILES[format], folder, force);
  }

  const { model, tokenizer } = await loadModel(folder, {
    backend: new ReferenceBackend(),
    huggingFace,
  });
  const tensors = await paramsToArrays(model.params);
  const config = { ...model.config, tokenizer: tokenizer.kind };
  const files = packDescription(model, tokenizer);
  model.dispose();
  if (format === 'npz') {
    await writeFileWhole(out, toNpz(tensors));
    console.error(`wrote ${out}: ${[...tensors.keys()].join(', ')}`);
    console.error(`then, in Python: numpy.load(${JSON.stringify(out)})["embed.W"]`);
    return;
  }

  if (format === 'pytorch') {
    files.set('model.py', new TextEncoder().encode(modelPy(config)));
    files.set('model.safetensors', serializeSafetensors(toPyTorch(config, tensors)));
  } else {
    files.set('model.onnx', toOnnx(config, tensors));
  }
  await writeFolderWhole(out, files);
  console.error(`wrote ${out}: ${[...files.keys()].join(', ')}`);
  console.error(
    format === 'pytorch'
      ? `then: python3 ${quoted(join(out, 'model.py'))}`
      : `then: run ${join(out, 'model.onnx')} with ONNX Runtime; it takes ids (N, T) and the state of the block before, zeros at first`,
  );
}

function checkOutFile(out: string, force: boolean): void {
  if (!out.endsWith('.npz')) {
    throw new UsageError(`--out ${out}: expected the name of a file that ends in .npz`);
  }
  if (existsSync(out) && !force) {
    throw new UsageError(`--out ${out}: there is a file of that name; choose another one, or add --force`);
  }
}
