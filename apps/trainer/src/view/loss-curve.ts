import type { Point } from './view.ts';

/** Of a drawn curve: rows of characters, each as wide as asked for, and where validation points are. */
export interface Curve {
  /** Braille patterns and spaces: the training loss as a line. */
  readonly rows: readonly string[];
  /** Cells in which a validation point lies, by row. */
  readonly marks: readonly ReadonlySet<number>[];
  readonly highest: number;
  readonly lowest: number;
  readonly firstStep: number;
  readonly lastStep: number;
}

/** A character of Braille is two dots wide and four high; these are the bits of its dots, by row and column. Unicode 15, block 2800. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** Draws losses over steps into `width` x `height` characters; undefined as long as there is no line to draw. */
export function drawCurve(
  train: readonly Point[],
  validation: readonly Point[],
  width: number,
  height: number,
): Curve | undefined {
  const line = train.filter(({ loss }) => Number.isFinite(loss));
  const marks = validation.filter(({ loss }) => Number.isFinite(loss));
  if (line.length < 2 || width < 2 || height < 1) return undefined;
  const [firstStep, lastStep] = [line[0].step, Math.max(line[line.length - 1].step, marks.at(-1)?.step ?? 0)];

  const [columns, rows] = [2 * width, 4 * height];
  const columnOf = (step: number) =>
    Math.round((Math.max(0, step - firstStep) / (lastStep - firstStep)) * (columns - 1));
  const means = columnMeans(line, columns, columnOf);
  const [lowest, highest] = extent([
    ...means.filter((mean) => mean !== undefined),
    ...marks.map(({ loss }) => loss),
  ]);
  const rowOf = (loss: number) => Math.round(((highest - loss) / (highest - lowest || 1)) * (rows - 1));

  const bits = Array.from({ length: height }, () => new Uint8Array(width));
  const dot = (column: number, row: number) => {
    bits[row >> 2][column >> 1] |= DOTS[row & 3][column & 1];
  };
  let before: Dot | undefined;
  for (const [column, mean] of means.entries()) {
    if (mean === undefined) continue;
    const row = rowOf(mean);
    if (before) connect(before, { column, row }, dot);
    else dot(column, row);
    before = { column, row };
  }
  const cells = Array.from({ length: height }, () => new Set<number>());
  for (const { step, loss } of marks) cells[rowOf(loss) >> 2].add(columnOf(step) >> 1);
  return {
    rows: bits.map((row) =>
      Array.from(row, (cell) => (cell === 0 ? ' ' : String.fromCharCode(0x2800 + cell))).join(''),
    ),
    marks: cells,
    ...{ highest, lowest, firstStep, lastStep },
  };
}

/** The mean of the losses that fall into each column; undefined where none does. */
function columnMeans(
  line: readonly Point[],
  columns: number,
  columnOf: (step: number) => number,
): (number | undefined)[] {
  const sums = new Float64Array(columns);
  const counts = new Uint32Array(columns);
  for (const { step, loss } of line) {
    const column = columnOf(step);
    sums[column] += loss;
    counts[column]++;
  }
  return Array.from(sums, (sum, column) => (counts[column] > 0 ? sum / counts[column] : undefined));
}

function extent(values: readonly number[]): [lowest: number, highest: number] {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  return [lowest, highest];
}

interface Dot {
  readonly column: number;
  readonly row: number;
}

/** Every dot of the line between two. */
function connect(from: Dot, to: Dot, dot: (column: number, row: number) => void): void {
  const most = Math.max(to.column - from.column, Math.abs(to.row - from.row), 1);
  for (let i = 0; i <= most; i++) {
    const share = i / most;
    dot(
      Math.round(from.column + share * (to.column - from.column)),
      Math.round(from.row + share * (to.row - from.row)),
    );
  }
}
