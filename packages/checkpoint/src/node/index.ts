export { readFileChecked } from './read-file-checked.ts';
export { readModelDescription, readModelFolder } from './read-model-folder.ts';
export { readSafetensorsFile } from './read-safetensors-file.ts';
export {
  listSnapshots,
  readSnapshot,
  removeSnapshot,
  type SnapshotFiles,
  writeSnapshot,
} from './snapshots.ts';
export { writeFileWhole } from './write-file-whole.ts';
export { writeModelFolder } from './write-model-folder.ts';
