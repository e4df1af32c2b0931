import { type InjectionKey, inject, type Ref, ref } from 'vue';
import { defaults, type LabSettings } from './settings.ts';
import { type UsedLab, useLab } from './use-lab.ts';

/** The one playground of the site: it goes on training, and keeps what was typed, while its reader looks at other pages. */
export interface Playground {
  readonly lab: UsedLab;
  /** Of the model; before there is one, what the reader has typed. */
  readonly text: Ref<string>;
  readonly settings: Ref<LabSettings>;
}

export const playgroundKey: InjectionKey<Playground> = Symbol('playground');

/** @param name under which the browser keeps the model */
export function makePlayground(name: string): Playground {
  return { lab: useLab(name), text: ref(''), settings: ref(defaults) };
}

export function usePlayground(): Playground {
  const playground = inject(playgroundKey);
  if (!playground) throw new Error('the playground was not provided');
  return playground;
}
