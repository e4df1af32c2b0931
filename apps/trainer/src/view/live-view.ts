import type { EpochEvent, EvaluationEvent, StepEvent } from '@unroll/training';
import pc from 'picocolors';
import { visible } from '../format.ts';
import { Thinned } from '../records/thinned.ts';
import { drawFrame } from './frame.ts';
import { RedrawnLines } from './redrawn-lines.ts';
import { describeEpoch, describeEvaluation, SHORT_EPOCH } from './sentences.ts';
import { TimeLeft } from './time-left.ts';
import type { Fact, Past, Point, RunShape, View } from './view.ts';
import { wrap } from './wrap.ts';

/** In milliseconds: more often nobody can read. */
const REDRAW_AFTER = 100;
/** In milliseconds: the time that is left goes on between two logged steps. */
const TICK = 1000;
/** Points of a curve that stay, of however many. */
const MOST_POINTS = 2048;
/** What stands before each line of a sample. */
const SAMPLE = '  | ';

/** On a terminal: what was found passes by, and below it stands how the run is getting on, with its curve. */
export class LiveView implements View {
  readonly #stream: NodeJS.WriteStream;
  readonly #shape: RunShape;
  readonly #colors = pc.createColors(!process.env.NO_COLOR);
  readonly #lines: RedrawnLines;
  readonly #timeLeft: TimeLeft;
  readonly #train = new Thinned<Point>(MOST_POINTS, mean);
  readonly #validation = new Thinned<Point>(MOST_POINTS, mean);
  #step: StepEvent | undefined;
  #drawnAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream, shape: RunShape) {
    this.#stream = stream;
    this.#shape = shape;
    this.#lines = new RedrawnLines(stream);
    this.#timeLeft = new TimeLeft(shape);
  }

  begin(title: string, facts: readonly Fact[], past?: Past): void {
    const { bold, dim } = this.#colors;
    this.#above([bold(title)]);
    for (const [name, value] of facts) {
      const [first, ...more] = wrap(visible(value), this.#columns - 13);
      this.#above([`${dim(name.padEnd(12))}${first}`, ...more.map((line) => `${' '.repeat(12)}${line}`)]);
    }
    this.#above(['']);
    for (const point of past?.steps ?? []) this.#train.push(point);
    for (const point of past?.evaluations ?? []) this.#validation.push(point);
    this.#stream.on('resize', this.#draw);
    process.on('SIGCONT', this.#beginBelow);
    // It must not keep the process alive.
    this.#timer = setInterval(this.#draw, TICK).unref();
    this.#draw();
  }

  line(text: string): void {
    this.#above(wrap(visible(text), this.#columns - 1));
  }

  warn(text: string): void {
    this.#above(wrap(visible(`warning: ${text}`), this.#columns - 1).map(this.#colors.yellow));
  }

  step(event: StepEvent): void {
    this.#step = event;
    this.#train.push({ step: event.step, loss: event.loss });
    this.#timeLeft.step(event);
    if (performance.now() - this.#drawnAt >= REDRAW_AFTER || event.step === this.#shape.steps) this.#draw();
  }

  epoch(event: EpochEvent): void {
    if (event.seconds >= SHORT_EPOCH) this.line(describeEpoch(event));
  }

  evaluation(event: EvaluationEvent): void {
    this.#validation.push({ step: event.step, loss: event.loss });
    const { what, note } = describeEvaluation(event);
    const { bold, green } = this.#colors;
    const width = this.#columns - 1;
    const paint = event.best ? green : String;
    this.#above(
      what.length + note.length <= width
        ? [`${bold(what)}${paint(note)}`]
        : [...wrap(what, width).map(bold), ...wrap(note.trim(), width - 2).map((line) => `  ${paint(line)}`)],
    );
    this.#draw();
  }

  sample(_: number, text: string): void {
    const lines = visible(text).trim().split('\n');
    const wrapped = lines.flatMap((line) =>
      wrap(line.replaceAll('\t', '  '), this.#columns - 1 - SAMPLE.length),
    );
    this.#above(wrapped.map((line) => this.#colors.dim(`${SAMPLE}${line}`)));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stream.removeListener('resize', this.#draw);
    process.removeListener('SIGCONT', this.#beginBelow);
    this.#lines.end();
  }

  get #columns(): number {
    return Math.max(20, this.#stream.columns || 80);
  }

  #above(lines: readonly string[]): void {
    this.#lines.above(lines);
  }

  /** After Ctrl-Z and fg, what was drawn stands somewhere above what the shell wrote meanwhile. */
  readonly #beginBelow = (): void => this.#lines.end();

  readonly #draw = (): void => {
    this.#drawnAt = performance.now();
    const state = {
      ...{ shape: this.#shape, step: this.#step, timeLeft: this.#timeLeft },
      train: this.#train.items(),
      validation: this.#validation.items(),
      memoryBytes: process.memoryUsage.rss(),
    };
    this.#lines.draw(
      drawFrame(state, { columns: this.#columns, rows: this.#stream.rows || 24 }, this.#colors),
    );
  };
}

/** Of a stretch of points, at its end. */
function mean(points: readonly Point[]): Point {
  const sum = points.reduce((total, { loss }) => total + loss, 0);
  return { step: points[points.length - 1].step, loss: sum / points.length };
}
