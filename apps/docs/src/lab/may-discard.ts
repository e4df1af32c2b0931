import type { UsedLab } from './use-lab.ts';

/** Asks before a model goes that was trained here. */
export function mayDiscard({ step }: UsedLab, question: (step: number) => string): boolean {
  return step.value === 0 || confirm(question(step.value));
}
