export {
  type BackendName,
  type BackendOptions,
  backendNames,
  type ChosenBackend,
  chooseBackend,
} from './choose-backend.ts';
export { createBackend } from './create-backend.ts';
