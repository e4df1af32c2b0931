import type uPlot from 'uplot';

/** uPlot and how it looks, once a page has something to draw. */
export async function loadPlot(): Promise<typeof uPlot> {
  const [library] = await Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')]);
  return library.default;
}
