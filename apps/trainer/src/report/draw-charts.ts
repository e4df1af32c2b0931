/// <reference lib="dom" />
import type uPlot from 'uplot';
import type { Chart, ChartData, Series } from './chart-data.ts';

/**
 * The script of the page: draws the charts into the figures that are there. It goes into the page as it stands, by its source, so
 * it may use nothing from outside but types and what a browser has.
 */
export function drawCharts(Plot: typeof uPlot, { charts }: ChartData): void {
  const root = document.documentElement;
  const hidden = new Set<number>();
  const drawn: { plot: uPlot; chart: Chart; figure: HTMLElement; place: HTMLElement }[] = [];

  const color = (name: string): string => getComputedStyle(root).getPropertyValue(name).trim();

  function written(value: number): string {
    if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(2).replace(/\.?0+e/, 'e');
    if (Math.abs(value) < 10_000) return String(Number(value.toPrecision(4)));
    if (Math.abs(value) >= 1e15) return value.toExponential(2);
    return value.toLocaleString('en', { notation: 'compact', maximumSignificantDigits: 4 });
  }

  function sizeIn(place: HTMLElement): { width: number; height: number } {
    const width = place.clientWidth;
    return { width, height: Math.round(Math.min(340, Math.max(220, width * 0.42))) };
  }

  /** 1, 2 and 5 of each power of ten, or only powers where there are many, or even steps where there are few. */
  function logTicks(low: number, high: number): number[] {
    const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
    const digits = last - first > 3 ? [1] : [1, 2, 5];
    const ticks: number[] = [];
    for (let power = first; power <= last; power += Math.ceil((last - first) / 8)) {
      ticks.push(...digits.map((digit) => digit * 10 ** power).filter((tick) => tick >= low && tick <= high));
    }
    if (ticks.length >= 3) return ticks;
    const rough = (high - low) / 5;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = ([1, 2, 5].find((digit) => digit * power >= rough) ?? 10) * power;
    const from = Math.ceil(low / step);
    return Array.from({ length: Math.floor(high / step) - from + 1 }, (_, i) => (from + i) * step);
  }

  /** The place nearest to `i` where a series has a value: each has steps of its own. */
  function nearest(ys: ArrayLike<number | null | undefined>, i: number): number | null {
    for (let away = 0; away < ys.length; away++) {
      if (ys[i - away] != null) return i - away;
      if (ys[i + away] != null) return i + away;
    }
    return null;
  }

  /** Writes beside the names what the curves are at the cursor or, without one, at the end. */
  function read(plot: uPlot, figure: HTMLElement): void {
    const at = plot.cursor.idx ?? plot.data[0].length - 1;
    const step = figure.querySelector('[data-step]');
    if (step) step.textContent = plot.data[0][at].toLocaleString('en');
    for (const place of figure.querySelectorAll<HTMLElement>('[data-series]')) {
      const ys = plot.data[Number(place.dataset.series) + 1];
      const value = ys[nearest(ys, at) ?? -1];
      place.textContent = value == null ? 'none' : written(value);
    }
  }

  function lineOf({ kind, color: number, dash, run, label, x }: Series): uPlot.Series {
    const stroke = (): string => color(`--c${number}`);
    const look = { label, stroke, show: !hidden.has(run), dash: [...dash] };
    // A single value makes no line.
    if (kind === 'line') return { ...look, width: 2, points: { show: x.length === 1, size: 6 } };
    if (kind === 'faint') return { ...look, width: 1, alpha: 0.5, points: { show: false } };
    const fill = (): string => color('--paper');
    return {
      ...look,
      paths: () => null,
      points: {
        show: true,
        size: x.length > 100 ? 4 : 8,
        width: x.length > 100 ? 1 : 2,
        space: 0,
        stroke,
        fill,
      },
    };
  }

  /** A point at the end is not cut in half. */
  function sideRange(low: number, high: number): [number, number] {
    const room = (high - low) * 0.012 || 1;
    return [low - room, high + room];
  }

  /** From what is to be seen, with some room; a limit is shown where it is near. */
  function evenRange({ limits, scale }: Chart, least: number, high: number): [number, number] {
    const low = scale === 'from zero' ? Math.min(0, least) : least;
    const near = limits.filter(({ at, run }) => at <= 1.5 * high && !hidden.has(run));
    const top = Math.max(high, ...near.map(({ at }) => at));
    const room = (top - low) * 0.06 || Math.abs(top) * 0.1 || 1;
    return [low >= 0 ? Math.max(0, low - room) : low - room, top + room];
  }

  function drawLimits({ limits }: Chart, { ctx, bbox, scales, valToPos }: uPlot): void {
    ctx.save();
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    for (const { at, run, color: number } of limits) {
      if (hidden.has(run) || at > (scales.y.max ?? 0) || at < (scales.y.min ?? 0)) continue;
      const y = Math.round(valToPos(at, 'y', true));
      ctx.strokeStyle = color(`--c${number}`);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    ctx.restore();
  }

  function draw(chart: Chart, figure: HTMLElement, place: HTMLElement): void {
    const axis: uPlot.Axis = {
      stroke: () => color('--muted'),
      font: '12px system-ui, sans-serif',
      grid: { stroke: () => color('--rule'), width: 1 },
      ticks: { show: false },
    };
    const plot = new Plot(
      {
        ...sizeIn(place),
        padding: [10, 16, 0, 0],
        legend: { show: false },
        scales: {
          x: { time: false, range: (_, low, high) => sideRange(low ?? 0, high ?? 1) },
          y:
            chart.scale === 'logarithmic'
              ? { distr: 3, range: (_, low, high) => [(low ?? 1) / 1.06, (high ?? 10) * 1.06] }
              : { range: (_, low, high) => evenRange(chart, low ?? 0, high ?? 1) },
        },
        axes: [
          {
            ...axis,
            space: 70,
            size: 32,
            values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? written(tick) : '')),
          },
          {
            ...axis,
            space: 36,
            gap: 6,
            values: (_, ticks) => ticks.map(written),
            size: (_, labels) => 14 + 7 * Math.max(3, ...(labels ?? []).map(({ length }) => length)),
            ...(chart.scale === 'logarithmic'
              ? { splits: (_, __, low, high) => logTicks(low, high), filter: (_, ticks) => ticks }
              : {}),
          },
        ],
        series: [{}, ...chart.series.map(lineOf)],
        cursor: {
          y: false,
          sync: { key: 'step', scales: ['x', null] },
          dataIdx: (self, series, i) => nearest(self.data[series], i),
          points: { size: (_, series) => (chart.series[series - 1].kind === 'line' ? 7 : 0) },
        },
        hooks: { setCursor: [(self) => read(self, figure)], draw: [(self) => drawLimits(chart, self)] },
      },
      Plot.join(chart.series.map(({ x, y }) => [[...x], [...y]])),
      place,
    );
    drawn.push({ plot, chart, figure, place });
    read(plot, figure);
  }

  function drawAll(): void {
    for (const { plot } of drawn.splice(0)) plot.destroy();
    for (const chart of charts) {
      const figure = document.getElementById(chart.id);
      const place = figure?.querySelector<HTMLElement>('.plot');
      if (figure && place && chart.series.length > 0) draw(chart, figure, place);
    }
  }

  /** In all charts at once: closer to the cursor, or away from the middle. */
  function zoom(by: number): void {
    for (const { plot } of drawn) {
      const { min, max } = plot.scales.x;
      const [first, last] = [plot.data[0][0], plot.data[0][plot.data[0].length - 1]];
      if (min == null || max == null) continue;
      const { idx } = plot.cursor;
      const middle = by < 1 && idx != null ? plot.data[0][idx] : (min + max) / 2;
      const limits = { min: middle + (min - middle) * by, max: middle + (max - middle) * by };
      plot.setScale('x', { min: Math.max(first, limits.min), max: Math.min(last, limits.max) });
    }
  }

  function onKey(event: KeyboardEvent): void {
    const own = drawn.find(({ place }) => place === event.currentTarget);
    if (!own || event.ctrlKey || event.metaKey || event.altKey) return;
    const { data, series, cursor } = own.plot;
    const [first, last] = series[0].idxs ?? [0, data[0].length - 1];
    const at = cursor.idx ?? last;
    const ways: Readonly<Record<string, number>> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: first,
      End: last,
    };
    if (Object.hasOwn(ways, event.key)) {
      const step = data[0][Math.min(last, Math.max(first, ways[event.key]))];
      for (const { plot } of drawn) plot.setCursor({ left: plot.valToPos(step, 'x'), top: 0 });
    } else if (event.key === '+') zoom(1 / 2);
    else if (event.key === '-') zoom(2);
    else if (event.key === 'Escape') for (const { plot } of drawn) plot.setData(plot.data);
    else return;
    event.preventDefault();
  }

  function onToggle({ currentTarget }: Event): void {
    const box = currentTarget as HTMLInputElement;
    const run = Number(box.value);
    if (box.checked) hidden.delete(run);
    else hidden.add(run);
    for (const { plot, chart } of drawn) {
      for (const [i, series] of chart.series.entries()) {
        if (series.run === run) plot.setSeries(i + 1, { show: box.checked });
      }
    }
  }

  const resized = new ResizeObserver(() => {
    for (const { plot, place } of drawn) if (plot.width !== place.clientWidth) plot.setSize(sizeIn(place));
  });
  for (const place of document.querySelectorAll<HTMLElement>('.plot')) {
    resized.observe(place);
    place.addEventListener('keydown', onKey);
  }
  for (const box of document.querySelectorAll('.key input')) box.addEventListener('change', onToggle);
  // Canvases do not follow a style sheet by themselves.
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  for (const [event, isPrinting] of [
    ['beforeprint', true],
    ['afterprint', false],
  ] as const) {
    addEventListener(event, () => {
      root.toggleAttribute('data-print', isPrinting);
      drawAll();
    });
  }
  drawAll();
}
