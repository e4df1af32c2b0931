import type { Run } from '../records/run.ts';
import { settingOf } from '../records/setting-of.ts';
import { smooth } from './smooth.ts';

/** What the page's script draws from; in the page as JSON. */
export interface ChartData {
  readonly charts: readonly Chart[];
}

export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** `even` where the differences matter, `from zero` where the size does. */
  readonly scale: 'even' | 'from zero' | 'logarithmic';
  readonly series: readonly Series[];
  /** Where gradients were clipped, each with its colour. */
  readonly limits: readonly { readonly at: number; readonly run: number; readonly color: number }[];
}

export interface Series {
  /** That of the run or, where there is only one, of what is told apart in it. */
  readonly label: string;
  /** `faint` has no place in the legend: it is what the line of the same colour was smoothed from. */
  readonly kind: 'line' | 'faint' | 'points';
  readonly run: number;
  /** A number of the palette. */
  readonly color: number;
  readonly dash: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
}

/** As many colours as the style sheet has. */
export const COLORS = 7;

/** Five, seven colours: 35 runs are told apart. */
const dashes: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [12, 3, 2, 3], [5, 2]];

export function dashOf(run: number): readonly number[] {
  return dashes[run % dashes.length];
}

/** The charts of one run, or of several laid over each other: then without what was not smoothed. */
export function chartData(runs: readonly Run[], labels: readonly string[]): ChartData {
  const isOne = runs.length === 1;
  const curves = runs.map((run) => {
    const loss = run.steps.map((step) => step.loss);
    return { loss, smoothLoss: smooth(loss), norm: run.steps.map(({ gradNorm }) => gradNorm) };
  });

  const line = (
    run: number,
    values: readonly number[],
    label = 'train',
    kind: Series['kind'] = 'line',
  ): Series => ({
    ...{ kind, run, label: isOne ? label : labels[run] },
    ...{ color: run % COLORS, dash: kind === 'faint' ? [] : dashOf(run) },
    x: runs[run].steps.map(({ step }) => step),
    y: values.map(short),
  });
  const points = (run: number, of: 'loss' | 'perplexity'): Series => ({
    ...{
      kind: 'points',
      run,
      label: isOne ? 'validation' : labels[run],
      color: isOne ? 1 : run % COLORS,
      dash: [],
    },
    x: runs[run].evaluations.map(({ step }) => step),
    y: runs[run].evaluations.map((evaluation) => short(evaluation[of])),
  });
  /** Of one run the values themselves, faint, beneath what was smoothed. */
  const noisy = (
    run: number,
    values: readonly number[],
    smoothed: readonly number[],
    label?: string,
  ): Series[] => [...(isOne ? [line(run, values, label, 'faint')] : []), line(run, smoothed, label)];
  const ofEach = (series: (run: Run, i: number) => Series[]): Series[] =>
    runs.flatMap((run, i) => series(run, i).filter(({ x }) => x.length > 0));

  const limits = runs.flatMap(({ settings }, run) => {
    const at = settingOf(settings, 'maxGrad');
    return typeof at === 'number' && at > 0 ? [{ at, run, color: isOne ? 1 : run % COLORS }] : [];
  });
  const trained = isOne
    ? 'The faint line is what was logged, the strong one its smoothed course'
    : 'Smoothed';
  const charts: Chart[] = [
    {
      ...{ id: 'loss', title: 'Loss', scale: 'even', limits: [] },
      about: `Mean cross entropy in nats. ${trained}; points are evaluations on the validation text.`,
      series: ofEach((_, i) => [...noisy(i, curves[i].loss, curves[i].smoothLoss), points(i, 'loss')]),
    },
    {
      ...{ id: 'perplexity', title: 'Perplexity', scale: 'logarithmic', limits: [] },
      about: 'Among how many tokens the model wavers, e to the power of the loss. The scale is logarithmic.',
      series: ofEach((_, i) => [
        ...noisy(i, curves[i].loss.map(Math.exp), curves[i].smoothLoss.map(Math.exp)),
        points(i, 'perplexity'),
      ]),
    },
    {
      ...{ id: 'gradient', title: 'Gradient norm', scale: 'from zero', limits },
      about: describeLimits(limits),
      series: ofEach((_, i) => noisy(i, curves[i].norm, smooth(curves[i].norm), 'norm')),
    },
    {
      ...{ id: 'rate', title: 'Learning rate', scale: 'from zero', limits: [] },
      about: 'What each step was scaled by.',
      series: ofEach((run, i) => [
        line(
          i,
          run.steps.map(({ lr }) => lr),
          'rate',
        ),
      ]),
    },
    {
      ...{ id: 'speed', title: 'Speed', scale: 'from zero', limits: [] },
      about: 'Tokens trained on in a second, without the time for evaluations.',
      series: ofEach((run, i) => {
        const speed = run.steps.map(({ tokensPerSecond }) => tokensPerSecond);
        return noisy(i, speed, smooth(speed), 'tokens/s');
      }),
    },
  ];
  return { charts };
}

function describeLimits(limits: Chart['limits']): string {
  const before = 'Of all gradients together, before they were clipped';
  if (limits.length === 0) return `Of all gradients together; they were not clipped.`;
  const values = [...new Set(limits.map(({ at }) => at))];
  return `${before}${values.length === 1 ? ` at ${values[0]}` : ''}: the dashed line, where it is within sight.`;
}

/** Five digits are more than can be seen; what is no number leaves a gap. */
function short(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}
