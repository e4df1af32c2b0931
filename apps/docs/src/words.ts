import { useData } from 'vitepress';
import { type ComputedRef, computed } from 'vue';
import { sayProblem } from './lab/problem.ts';
import { en } from './words/en.ts';
import { ko } from './words/ko.ts';
import { problemsInEnglish } from './words/problems-en.ts';
import { problemsInKorean } from './words/problems-ko.ts';

/** What the live parts say, in one language. */
export type Words = typeof en;

/** In the language of the page. */
export function useWords(): ComputedRef<Words> {
  const isKorean = useIsKorean();
  return computed(() => (isKorean.value ? ko : en));
}

/** What has words for whatever was caught, in the language of the page. */
export function useSay(): ComputedRef<(caught: unknown) => string> {
  const isKorean = useIsKorean();
  return computed(() => {
    const words = isKorean.value ? problemsInKorean : problemsInEnglish;
    return (caught) => sayProblem(words, caught);
  });
}

function useIsKorean(): ComputedRef<boolean> {
  const { lang } = useData();
  return computed(() => lang.value.startsWith('ko'));
}
