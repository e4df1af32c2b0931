export { loadConfig, loadModel, loadTokenizer, saveModel } from './model-folder.ts';
