import type { Target } from './target.ts';
import { checkpoint } from './targets/checkpoint.ts';
import { configFile } from './targets/config.ts';
import { configuration } from './targets/configuration.ts';
import { huggingFace } from './targets/hugging-face.ts';
import { manifest } from './targets/manifest.ts';
import { modelConfig } from './targets/model-config.ts';
import { pytorch } from './targets/pytorch.ts';
import { request } from './targets/request.ts';
import { runConfig } from './targets/run-config.ts';
import { runRecords } from './targets/run-records.ts';
import { safetensors } from './targets/safetensors.ts';
import { setOption } from './targets/set-option.ts';
import { text } from './targets/text.ts';
import { tokenizer } from './targets/tokenizer.ts';
import { trainingState } from './targets/training-state.ts';
import { vocab } from './targets/vocab.ts';
import { vocabulary } from './targets/vocabulary.ts';

/** Every parser of something that comes from outside. */
export const targets: readonly Target[] = [
  ...[safetensors, configFile, modelConfig, vocab, manifest],
  ...[configuration, setOption, runConfig, checkpoint, trainingState, runRecords],
  ...[text, vocabulary, tokenizer, huggingFace, pytorch, request],
];

/** @throws Error with the names that there are */
export function targetNamed(name: string): Target {
  const found = targets.find((target) => target.name === name);
  if (found) return found;
  throw new Error(
    `--parser ${name}: expected one of ${targets.map((target) => target.name).join(', ')}, or all`,
  );
}
