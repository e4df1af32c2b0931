import type { StepEvent } from '@unroll/training';
import type { Colors } from 'picocolors/types.js';
import { bytes, count, duration, figure, plain } from '../format.ts';
import { type Curve, drawCurve } from './loss-curve.ts';
import type { TimeLeft } from './time-left.ts';
import type { Point, RunShape } from './view.ts';
import { flow } from './wrap.ts';

/** All that is drawn anew. */
export interface FrameState {
  readonly shape: RunShape;
  /** The newest logged step; undefined before the first. */
  readonly step: StepEvent | undefined;
  readonly timeLeft: TimeLeft;
  readonly train: readonly Point[];
  readonly validation: readonly Point[];
  /** Of the process. */
  readonly memoryBytes: number;
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** How the run stands, as lines that fit into the terminal: how far it is, its numbers, its curve. */
export function drawFrame(state: FrameState, { columns, rows }: Size, colors: Colors): string[] {
  const { step } = state;
  if (!step) return [colors.dim('the first step …')];
  // The last column stays free: some terminals wrap after it.
  const width = columns - 1;
  const height = rows >= 24 ? 8 : rows >= 17 ? 5 : 0;
  const lines = [
    progressLine(state.shape, step, width, colors),
    ...flow(figures(state.shape, step, colors), width),
    ...flow(pace(state), width).map((line) => colors.dim(line)),
  ];
  const curve = height > 0 && width >= 30 ? curveLines(state, width, height, colors) : [];
  // One that is higher than the terminal could not be drawn over.
  return (curve.length > 0 ? [...lines, '', ...curve] : lines).slice(0, Math.max(1, rows - 1));
}

function progressLine(
  { steps, epochs }: RunShape,
  { step, epoch }: StepEvent,
  width: number,
  colors: Colors,
): string {
  const before = `epoch ${epoch} of ${epochs}`;
  const after = `step ${count(step)} of ${count(steps)}`;
  const room = width - before.length - after.length - 4;
  if (room < 6) return flow([before, after], width, '  ').join('  ').slice(0, width);
  const length = Math.min(room, 60);
  const done = Math.round((length * step) / steps);
  return `${colors.bold(before)}  ${colors.cyan('━'.repeat(done))}${colors.dim('╌'.repeat(length - done))}  ${after}`;
}

function figures({ vocabSize, maxGrad }: RunShape, step: StepEvent, colors: Colors): string[] {
  const clipped = ', clipped';
  const gradient = `gradient ${figure(step.gradNorm)}`;
  return [
    `${colors.bold(`loss ${step.loss.toFixed(3)}`)}`,
    `perplexity ${figure(step.perplexity)} of ${count(vocabSize)}`,
    `lr ${plain(step.lr)}`,
    // As wide either way, so that lines are not broken differently from one step to the next.
    maxGrad > 0 && step.gradNorm > maxGrad
      ? `${gradient}${clipped}`
      : gradient.padEnd(gradient.length + clipped.length),
  ];
}

const isDone = ({ steps }: RunShape, step: StepEvent | undefined): boolean => step?.step === steps;

function pace({ timeLeft, memoryBytes, shape, step }: FrameState): string[] {
  const [run, epoch] = isDone(shape, step) ? [] : [timeLeft.ofRun(), timeLeft.ofEpoch()];
  const speed = timeLeft.tokensPerSecond;
  return [
    ...(run === undefined ? [] : [`${duration(run)} left`]),
    ...(epoch === undefined || shape.steps <= shape.stepsPerEpoch
      ? []
      : [`${duration(epoch)} of this epoch`]),
    ...(speed === undefined ? [] : [`${count(Math.round(speed))} tokens/s`]),
    bytes(memoryBytes),
  ];
}

/** What a validation point is drawn as: its shape tells it from the line where there are no colours. */
const MARK = 'o';

function curveLines(
  { train, validation }: FrameState,
  width: number,
  height: number,
  colors: Colors,
): string[] {
  const labelWidth = 7;
  const curve = drawCurve(train, validation, Math.min(width - labelWidth - 2, 110), height);
  if (!curve) return [];
  const label = (row: number): string => {
    const isLabelled = row === 0 || row === height - 1 || (height > 5 && row === height >> 1);
    const share = row / (height - 1);
    const loss = curve.highest + share * (curve.lowest - curve.highest);
    return `${(isLabelled ? figure(loss) : '').padStart(labelWidth)} ${isLabelled ? '┤' : '│'}`;
  };
  const lines = curve.rows.map((row, i) => `${colors.dim(label(i))}${withMarks(row, curve, i, colors)}`);
  return [...lines, xAxis(curve, labelWidth, colors)];
}

function withMarks(row: string, { marks }: Curve, i: number, colors: Colors): string {
  let line = '';
  let from = 0;
  for (const cell of [...marks[i]].sort((a, b) => a - b)) {
    line += `${colors.cyan(row.slice(from, cell))}${colors.yellow(MARK)}`;
    from = cell + 1;
  }
  return line + colors.cyan(row.slice(from).trimEnd());
}

function xAxis({ rows, marks, firstStep, lastStep }: Curve, labelWidth: number, colors: Colors): string {
  const hasMarks = marks.some(({ size }) => size > 0);
  const [left, right] = [`step ${count(firstStep)}`, count(lastStep)];
  const legend = hasMarks ? `⠒⠒ train   ${MARK} validation` : '⠒⠒ train';
  const room = rows[0].length - left.length - right.length;
  const middle = legend.length + 4 <= room ? legend : '';
  const before = Math.floor((room - middle.length) / 2);
  const shown = middle.replace('⠒⠒', colors.cyan('⠒⠒')).replace(` ${MARK} `, ` ${colors.yellow(MARK)} `);
  const gaps = [' '.repeat(Math.max(1, before)), ' '.repeat(Math.max(1, room - middle.length - before))];
  return `${' '.repeat(labelWidth + 2)}${colors.dim(left)}${gaps[0]}${shown}${gaps[1]}${colors.dim(right)}`;
}
