import { useData } from 'vitepress';
import { type ComputedRef, computed } from 'vue';
import { en } from './words/en.ts';
import { ko } from './words/ko.ts';

/** What the live parts say, in one language. */
export type Words = typeof en;

/** In the language of the page. */
export function useWords(): ComputedRef<Words> {
  const { lang } = useData();
  return computed(() => (lang.value.startsWith('ko') ? ko : en));
}
