import { type InjectionKey, inject } from 'vue';
import type { UsedLab } from './use-lab.ts';

/** The one model of the playground, which goes on training while its reader looks at other pages. */
export const playgroundKey: InjectionKey<UsedLab> = Symbol('playground');

export function usePlayground(): UsedLab {
  const lab = inject(playgroundKey);
  if (!lab) throw new Error('the playground was not provided');
  return lab;
}
