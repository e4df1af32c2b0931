import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Run, Scalar } from '../records/run.ts';
import type { ChartData } from './chart-data.ts';
import { makeReport, REPORT_MARK } from './make-report.ts';

const hostile = '</script><script>alert(1)</script>\u2028"\'&<b>\u001b[31m';

function run(name: string, more: Partial<Run> = {}): Run {
  const steps = Array.from({ length: 100 }, (_, i) => ({
    ...{ step: i + 1, epoch: 1, loss: 2 + 1 / (i + 1), lr: 0.5, gradNorm: 0.75, tokensPerSecond: 1000 },
  }));
  const evaluations = [40, 80].map((step) => ({ step, epoch: 1, loss: 2.5, perplexity: 12.1825 }));
  return {
    ...{ path: `/runs/${name}`, name, steps, lastStep: steps.at(-1), evaluations, best: evaluations[0] },
    settings: new Map<string, Scalar>([
      ['training.maxGrad', 0.25],
      ['optimizer.lr', name.length],
      ['data.train', hostile],
    ]),
    environment: new Map([['cpu', hostile]]),
    model: new Map([['model', 'rnnlm']]),
    samples: [
      { step: 40, text: 'older' },
      { step: 80, text: hostile },
    ],
    ...more,
  };
}

function dataOf(page: string): ChartData {
  const [, json] = page.match(/<script type="application\/json" id="data">(.*?)<\/script>/) ?? [];
  return JSON.parse(json);
}

/** The scripts of a page that a browser runs. */
function scriptsOf(page: string): string[] {
  return [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script]) => script);
}

describe('a report', () => {
  it('says what a run came to, what it wrote, the newest first, and with what settings', () => {
    const page = makeReport([run('first')]);
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain('<title>first – Unroll</title>');
    expect(page.slice(0, 1024)).toContain(REPORT_MARK);
    expect(page).toMatch(/Best validation perplexity<\/dt><dd><b>12\.18<\/b><small>loss 2\.500, at step 40/);
    expect(page.indexOf('<summary>step 80')).toBeLessThan(page.indexOf('<summary>step 40'));
    expect(page).toMatch(
      /<caption>training<\/caption><tbody>\n<tr><th scope="row">maxGrad<\/th><td>0\.25<\/td>/,
    );
    expect(page).not.toContain('Test perplexity');
    const tested = makeReport([run('first', { test: { loss: 2, perplexity: 7.389 } })]);
    expect(tested).toMatch(/Test perplexity<\/dt><dd><b>7\.389/);
  });

  it('is one file that asks for nothing else', () => {
    const page = makeReport([run('a'), run('bb')]);
    expect(page).not.toMatch(/\s(src|href)=/);
    expect(page).not.toMatch(/url\(|@import/);
    expect(page).toContain("default-src 'none'");
  });

  it('takes texts, names and settings as text', () => {
    for (const runs of [[run(hostile)], [run(hostile), run('b')]]) {
      const page = makeReport(runs);
      expect(scriptsOf(page)).toHaveLength(2);
      expect(page).not.toContain('alert(1)</script>');
      expect(page).not.toContain('\u2028"');
      expect(page).not.toContain('\u001b');
      expect(page).toContain('&lt;/script&gt;&lt;script&gt;alert(1)');
    }
  });

  it('draws one run as it was logged, smoothed, and as it was evaluated', () => {
    const { charts } = dataOf(makeReport([run('first')]));
    expect(charts.map(({ title }) => title)).toEqual([
      'Loss',
      'Perplexity',
      'Gradient norm',
      'Learning rate',
      'Speed',
    ]);
    expect(charts[0].series.map(({ kind }) => kind)).toEqual(['faint', 'line', 'points']);
    expect(charts[0].series[2]).toMatchObject({ label: 'validation', x: [40, 80], y: [2.5, 2.5] });
    expect(charts[1].scale).toBe('logarithmic');
    expect(charts[1].series[0].y[0]).toBe(20.086);
    expect(charts[2].limits).toEqual([{ at: 0.25, run: 0, color: 1 }]);
  });

  it('tells several runs apart by colour and dash, and names what differs', () => {
    const runs = Array.from({ length: 30 }, (_, i) => run('x'.repeat(i + 1)));
    const page = makeReport(runs);
    const lines = dataOf(page).charts[0].series.filter(({ kind }) => kind === 'line');
    expect(new Set(lines.map(({ color, dash }) => `${color} ${dash}`)).size).toBe(30);
    expect(page).toMatch(/<tr><th scope="row">optimizer\.lr<\/th><td>1<\/td><td>2<\/td>/);
    expect(page).not.toContain('<tr><th scope="row">training.maxGrad</th><td>');
  });

  it('leaves a gap where a number is none', () => {
    const steps = [2, Number.NaN, Number.POSITIVE_INFINITY, 1000].map((loss, i) => ({
      ...{ step: i + 1, epoch: 1, loss, lr: 1, gradNorm: 1, tokensPerSecond: 1 },
    }));
    const { charts } = dataOf(makeReport([run('a', { steps })]));
    expect(charts[0].series[0].y).toEqual([2, null, null, 1000]);
    expect(charts[1].series[0].y).toEqual([7.3891, null, null, null]);
  });

  it('is there for a run that has nothing to show yet', () => {
    const nothing = { steps: [], lastStep: undefined, evaluations: [], best: undefined, samples: [] };
    const page = makeReport([run('a', { ...nothing, settings: new Map(), environment: new Map() })]);
    expect(page).toContain('Nothing was logged yet.');
    expect(page).not.toContain('What it wrote');
  });

  it('has a script that needs nothing but a browser and draws every chart', () => {
    const page = makeReport([run('a'), run('bb')]);
    const plots: unknown[][] = [];
    class Plot {
      static join = (tables: unknown): unknown => tables;
      cursor = {};
      data = [[1], ...Array.from({ length: 9 }, () => [1])];
      constructor(...args: unknown[]) {
        plots.push(args);
      }
    }
    class Element {
      textContent = JSON.stringify(dataOf(page));
      clientWidth = 600;
      dataset = { series: '0' };
      addEventListener(): void {}
      querySelector(): Element {
        return new Element();
      }
      querySelectorAll(): Element[] {
        return [new Element()];
      }
    }
    const document = Object.assign(new Element(), {
      documentElement: new Element(),
      getElementById: () => new Element(),
    });
    runInNewContext(scriptsOf(page)[1], {
      ...{ document, uPlot: Plot, addEventListener: () => {}, matchMedia: () => new Element() },
      ResizeObserver: class {
        observe(): void {}
      },
    });
    expect(plots).toHaveLength(5);
    expect(plots[0][0]).toMatchObject({ width: 600, height: 252 });
  });
});
