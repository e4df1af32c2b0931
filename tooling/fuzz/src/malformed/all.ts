import { malformedConfiguration } from './configuration.ts';
import type { Malformed } from './malformed.ts';
import { malformedModelFolder } from './model-folder.ts';
import { malformedRuns } from './runs.ts';
import { malformedSafetensors } from './safetensors.ts';
import { malformedTexts } from './texts.ts';

/** Every broken input that has a name. */
export const malformed: readonly Malformed[] = [
  ...malformedSafetensors,
  ...malformedModelFolder,
  ...malformedConfiguration,
  ...malformedTexts,
  ...malformedRuns,
];
