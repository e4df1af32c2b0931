import { EventEmitter } from 'node:events';
import type { EvaluationEvent, StepEvent } from '@unroll/training';
import xterm from '@xterm/headless';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LogFormat, makeView, type RunShape, type View } from './view.ts';

const shape: RunShape = {
  steps: 3000,
  stepsPerEpoch: 250,
  epochs: 12,
  tokensPerStep: 700,
  vocabSize: 10_000,
  maxGrad: 0.25,
};

const stepEvent = (step: number, changes: Partial<StepEvent> = {}): StepEvent => {
  const loss = 4.6 + 4.6 * Math.exp(-step / 400);
  return {
    ...{ type: 'step', step, epoch: Math.ceil(step / 250), loss, perplexity: Math.exp(loss), lr: 20 },
    ...{ gradNorm: 0.2, tokensPerSecond: 14_000, ...changes },
  } as StepEvent;
};

const evaluationEvent = (step: number, changes: Partial<EvaluationEvent> = {}): EvaluationEvent => ({
  ...{ type: 'evaluation', step, epoch: 1, loss: 5.2, perplexity: 181.3, predictions: 73_500 },
  ...{ best: true, loweredLr: undefined, beginsAverage: false, ...changes },
});

/** A stream that is, or is not, a terminal of xterm.js, which works out what a person sees. */
class Screen extends EventEmitter {
  readonly isTTY: boolean;
  columns: number;
  rows: number;
  written = '';
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  constructor(columns: number, rows: number, isTTY = true) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
    this.rows = rows;
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      convertEol: true,
      scrollback: 500,
      allowProposedApi: true,
    });
  }

  write(text: string): boolean {
    this.written += text;
    this.#terminal.write(text);
    return true;
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.#terminal.resize(columns, rows);
    this.emit('resize');
  }

  /** Every line, those that have scrolled away too. */
  async lines(): Promise<string[]> {
    await new Promise<void>((resolve) => this.#terminal.write('', resolve));
    const { active } = this.#terminal.buffer;
    const lines = Array.from(
      { length: active.length },
      (_, i) => active.getLine(i)?.translateToString(true) ?? '',
    );
    return lines.join('\n').trimEnd().split('\n');
  }
}

function show(
  columns: number,
  rows: number,
  format?: LogFormat,
  isTTY = true,
): { screen: Screen; view: View } {
  const screen = new Screen(columns, rows, isTTY);
  return { screen, view: makeView(screen as unknown as NodeJS.WriteStream, shape, { format }) };
}

/** The begin of a run, with the clock standing still between its steps. */
function playRun(view: View, last = 1000): void {
  view.begin('unroll train', [
    ['data', '/some/where/ptb, three texts: 929,589 words to train, 73,760 to validate, 82,430 to test'],
    ['results in', 'runs/ptb'],
  ]);
  for (let step = 20; step <= last; step += 20) {
    vi.advanceTimersByTime(1500);
    view.step(stepEvent(step));
    if (step % 500 === 0) {
      view.evaluation(evaluationEvent(step));
      view.sample(step, '나는 학교에 간다. '.repeat(8));
    }
  }
}

const matching = (lines: readonly string[], pattern: RegExp) => lines.filter((line) => pattern.test(line));

describe('the live view', () => {
  // The emulator needs its own setTimeout.
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
  afterEach(() => vi.unstubAllEnvs());

  it('shows how far the run is, its numbers, its speed and what is left, once each', async () => {
    const { screen, view } = show(100, 40);
    playRun(view);
    const lines = await screen.lines();
    expect(matching(lines, /^epoch 4 of 12 +━+╌+ +step 1,000 of 3,000$/)).toHaveLength(1);
    expect(matching(lines, /^loss 4\.978 +perplexity 145\.1 of 10,000 +lr 20 +gradient 0\.200/)).toHaveLength(
      1,
    );
    expect(matching(lines, /14,000 tokens\/s/)).toHaveLength(1);
    expect(matching(lines, /^\d+ min \d+ s left/)).toHaveLength(1);
    expect(matching(lines, /MiB|GiB/)).toHaveLength(1);
    view.close();
  });

  it('says when a gradient was clipped', async () => {
    const { screen, view } = show(100, 40);
    view.begin('unroll train', []);
    vi.advanceTimersByTime(1500);
    view.step(stepEvent(20, { gradNorm: 0.31 }));
    expect(matching(await screen.lines(), /gradient 0\.310, clipped/)).toHaveLength(1);
    view.close();
  });

  it('draws the loss of training as a line and that of validation as points, with labels', async () => {
    const { screen, view } = show(100, 40);
    playRun(view);
    const lines = await screen.lines();
    const curve = matching(lines, /[┤│]/);
    expect(curve).toHaveLength(8);
    expect(curve[0]).toMatch(/^ +8\.976 ┤[\u2800-\u28ff]/);
    expect(curve.at(-1)).toMatch(/^ +4\.978 ┤ .*[\u2800-\u28ff]/);
    expect(curve.join('').match(/o/g)).toHaveLength(2);
    expect(matching(lines, /^ +step 20 .* train +o validation +1,000$/)).toHaveLength(1);
    view.close();
  });

  it('keeps each evaluation and each sample as lines above, broken where the terminal ends', async () => {
    const { screen, view } = show(60, 30);
    playRun(view);
    const lines = await screen.lines();
    expect(matching(lines, /^step 500 {2}validation loss 5\.200 {2}perplexity 181\.3$/)).toHaveLength(1);
    expect(matching(lines, /^step 1000 {2}validation/)).toHaveLength(1);
    const sample = matching(lines, /학교/);
    expect(sample.length).toBeGreaterThan(4);
    for (const line of sample) expect(line).toMatch(/^ {2}\| /);
    expect(lines.indexOf(sample[0])).toBeGreaterThan(lines.findIndex((line) => line.startsWith('step 500')));
    view.close();
  });

  it.each([
    [120, 40, 8],
    [80, 24, 8],
    [60, 20, 5],
    [40, 15, 0],
    [20, 5, 0],
  ])('fits into %d x %d', async (columns, rows, curve) => {
    const { screen, view } = show(columns, rows);
    view.begin('unroll train', []);
    for (let step = 20; step <= 2980; step += 20) {
      vi.advanceTimersByTime(1500);
      view.step(stepEvent(step, { gradNorm: 0.3 }));
    }
    const lines = await screen.lines();
    // What does not fit would have been broken, and drawn again and again.
    expect(matching(lines, /^epoch/)).toHaveLength(1);
    expect(matching(lines, /[┤│]/)).toHaveLength(curve);
    expect(lines.length).toBeLessThan(20);
    view.close();
  });

  it('draws itself anew when the terminal is made larger or smaller, and leaves nothing of before', async () => {
    const { screen, view } = show(100, 40);
    playRun(view, 400);
    for (const [columns, rows] of [
      [120, 40],
      [80, 40],
      [110, 40],
    ]) {
      screen.resize(columns, rows);
      vi.advanceTimersByTime(1500);
      view.step(stepEvent(420));
      expect(matching(await screen.lines(), /tokens\/s/)).toHaveLength(1);
      expect(matching(await screen.lines(), /[┤│]/)).toHaveLength(8);
    }
    view.close();
  });

  it('begins its curve where a resumed run began', async () => {
    const { screen, view } = show(100, 40);
    const steps = [1, 20, 40].map((step) => ({ step, loss: 9 - step / 100 }));
    view.begin('unroll resume', [], { steps, evaluations: [{ step: 30, loss: 8.8 }] });
    vi.advanceTimersByTime(1500);
    view.step(stepEvent(60, { loss: 8 }));
    const lines = await screen.lines();
    expect(matching(lines, /^ +step 1 .*o validation.* 60$/)).toHaveLength(1);
    expect(matching(lines, /^ +8\.990 ┤/)).toHaveLength(1);
    view.close();
  });

  it('lets time pass between two steps, and does not draw more often than can be read', () => {
    const { screen, view } = show(100, 40);
    playRun(view, 100);
    const before = screen.written.length;
    vi.advanceTimersByTime(3000);
    expect(screen.written.length).toBeGreaterThan(before);
    view.step(stepEvent(101)); // half a second after the last
    const then = screen.written.length;
    for (let step = 102; step < 150; step++) view.step(stepEvent(step));
    expect(screen.written.length).toBe(then);
    view.close();
  });

  it.each([120, 80, 60])('is not spoilt by the ^C that a terminal of %d columns echoes', async (columns) => {
    const { screen, view } = show(columns, 40);
    playRun(view, 400);
    screen.write('^C');
    view.line('ended as told');
    view.step(stepEvent(420));
    view.close();
    const lines = await screen.lines();
    expect(matching(lines, /^epoch/)).toHaveLength(1);
    expect(lines.join('\n')).not.toContain('^C');
  });

  it('breaks the line of an evaluation between words', async () => {
    const { screen, view } = show(40, 30);
    view.begin('unroll train', []);
    view.evaluation(evaluationEvent(500));
    const lines = await screen.lines();
    expect(matching(lines, /^perplexity 181\.3$/)).toHaveLength(1);
    expect(matching(lines, /^ {2}best so far, saved$/)).toHaveLength(1);
    view.close();
  });

  it('is as high whether or not a gradient is clipped', async () => {
    const { screen, view } = show(80, 24);
    view.begin('unroll train', []);
    const heights: number[] = [];
    for (const [i, gradNorm] of [0.1, 0.1, 0.1, 0.3, 0.1].entries()) {
      vi.advanceTimersByTime(1000);
      view.step(stepEvent(20 * (i + 1), { gradNorm }));
      heights.push((await screen.lines()).length);
    }
    // Before the second step there is neither a curve nor an estimate.
    expect(new Set(heights.slice(2)).size).toBe(1);
    view.close();
  });

  it('writes nothing after it was closed, and leaves the cursor below', async () => {
    const { screen, view } = show(100, 40);
    playRun(view, 100);
    view.close();
    const before = screen.written;
    expect(before.endsWith('\n')).toBe(true);
    vi.advanceTimersByTime(5000);
    screen.emit('resize');
    expect(screen.written).toBe(before);
  });

  it('has no colours where NO_COLOR says so, and shows control characters of a sample', async () => {
    vi.stubEnv('NO_COLOR', '1');
    const { screen, view } = show(100, 40);
    playRun(view);
    view.sample(1, 'red: \u001b[31m\rover');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what must not be there
    expect(screen.written).not.toMatch(/\u001b\[[0-9;]*m/);
    expect(matching(await screen.lines(), /\| red: \\x1b\[31m\\x0dover/)).toHaveLength(1);
    view.close();
  });
});

describe('the plain view', () => {
  it('is taken where no terminal is, and where a terminal can do nothing', () => {
    vi.stubEnv('TERM', 'dumb');
    for (const isTTY of [true, false]) {
      const { screen, view } = show(80, 24, undefined, isTTY);
      playRun(view, 100);
      view.close();
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(screen.written).not.toMatch(/[\u001b\r]/);
    }
    vi.unstubAllEnvs();
  });

  it('writes one line for each logged step, in columns that do not jump', () => {
    const { screen, view } = show(80, 24, 'plain');
    view.begin('unroll train', [['data', 'x']]);
    for (const step of [20, 2240, 2260]) view.step(stepEvent(step, { gradNorm: step / 10_000 }));
    view.close();
    const lines = matching(screen.written.split('\n'), /^epoch/);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(
      /^epoch {2}1 {2}step {3}20\/3000 {2}loss 8\.976 {2}perplexity +[\d,]+ {2}lr 20 {2}grad 0\.002 {11}14,000 tokens\/s$/,
    );
    expect(lines[1]).toMatch(/^epoch {2}9 {2}step 2240\/3000/);
    expect(lines[2]).toMatch(/^epoch 10 {2}step 2260\/3000 .* left$/);
    for (const column of ['loss', 'lr', 'grad', 'tokens/s']) {
      expect(new Set(lines.map((line) => line.indexOf(column))).size).toBe(1);
    }
  });
});

describe('the JSON view', () => {
  it('writes an object a line, each with its type', () => {
    const { screen, view } = show(80, 24, 'json');
    playRun(view, 500);
    view.warn('look out');
    view.close();
    const records = screen.written
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(records.map(({ type }) => type))).toEqual(
      new Set(['begin', 'step', 'evaluation', 'sample', 'warning']),
    );
    expect(records[1]).toEqual(JSON.parse(JSON.stringify(stepEvent(20))));
  });
});

describe('the quiet view', () => {
  it('tells nothing but warnings', () => {
    const screen = new Screen(80, 24);
    const view = makeView(screen as unknown as NodeJS.WriteStream, shape, { quiet: true });
    playRun(view);
    view.line('done');
    expect(screen.written).toBe('');
    view.warn('look out');
    view.close();
    expect(screen.written).toBe('warning: look out\n');
  });
});
