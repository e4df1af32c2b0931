import type { LanguageModel } from '@unroll/rnnlm';

/** Reads with a model that is not `training` and begins with zeros; then it is, and carries, what it was and carried before. */
export async function undisturbed<Result>(
  model: LanguageModel,
  read: () => Promise<Result>,
): Promise<Result> {
  const carried = await model.getState();
  const wasTraining = model.training;
  model.training = false;
  model.resetState();
  try {
    return await read();
  } finally {
    model.training = wasTraining;
    model.setState(carried);
  }
}
