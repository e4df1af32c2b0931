import { onMounted, type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue';

export interface Live<T> {
  /** Undefined until it was computed for the first time. */
  readonly result: ShallowRef<T | undefined>;
  /** Why the last attempt failed; empty if it did not. */
  readonly error: Ref<string>;
}

/** Computes something in the browser, once the page is there and whenever its options change; an answer that is late is dropped. */
export function useLive<Options, T>(
  options: () => Options,
  compute: (options: Options) => Promise<T>,
): Live<T> {
  const result = shallowRef<T>();
  const error = ref('');
  let last = 0;
  onMounted(() => {
    watch(
      options,
      async (now) => {
        const turn = ++last;
        try {
          const computed = await compute(now);
          if (turn !== last) return;
          result.value = computed;
          error.value = '';
        } catch (caught) {
          if (turn === last) error.value = caught instanceof Error ? caught.message : String(caught);
        }
      },
      { immediate: true, deep: true },
    );
  });
  return { result, error };
}
