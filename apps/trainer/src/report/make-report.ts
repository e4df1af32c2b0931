import { createHash } from 'node:crypto';
import type { Run } from '../records/run.ts';
import { runLabels } from '../records/run-labels.ts';
import { type Chart, COLORS, chartData, dashOf, type Series } from './chart-data.ts';
import { drawCharts } from './draw-charts.ts';
import { Html, html } from './html.ts';
import { plotLibrary } from './plot-library.ts';
import { reportOfOne } from './report-of-one.ts';
import { reportOfSeveral } from './report-of-several.ts';
import { scriptJson } from './script-json.ts';
import { style } from './style.ts';
import { swatch } from './swatch.ts';

/** By this a file is known as a report, which a later one may take the place of. */
export const REPORT_MARK = '<meta name="generator" content="unroll report">';

/** So many have room above a chart with what each is at the cursor; more go below it. */
const FEW_RUNS = 4;

/**
 * A page about a run, or about several side by side: one file that needs nothing else and asks nobody for anything. Of the same
 * runs it is always the same.
 */
export function makeReport(runs: readonly Run[]): string {
  const labels = runLabels(runs);
  const data = chartData(runs, labels);
  const library = plotLibrary();
  const script = `(${drawCharts})(uPlot, JSON.parse(document.getElementById('data').textContent));`;
  const isOne = runs.length === 1;
  const charts = html`
<section aria-labelledby="charts">
<h2 id="charts">Course</h2>
${isOne ? undefined : keyOf(labels)}
<noscript><p class="note">The charts are drawn by a script, and scripts are switched off here.</p></noscript>
<div class="charts${runs.length > FEW_RUNS && ' crowded'}">${data.charts.map(figure)}</div>
<p class="note hint">Drag across a chart to look closer, double-click to see all again. With the keyboard: arrow keys move along the steps, + and - change the distance, Escape shows all again.</p>
</section>`;
  const title = isOne ? labels[0] : labels.length > 3 ? `${labels.length} runs` : labels.join(', ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${new Html(REPORT_MARK)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src ${hashOf(library.script)} ${hashOf(script)}; base-uri 'none'; form-action 'none'">
<title>${title} – Unroll</title>
<style>${new Html(library.style)}</style>
<style>${new Html(style)}</style>
</head>
<body>
<main>
${isOne ? reportOfOne(runs[0], labels[0], charts) : reportOfSeveral(runs, labels, charts)}
<footer>Made by unroll report. This file needs no network and no other file.</footer>
</main>
<script type="application/json" id="data">${new Html(scriptJson(data))}</script>
<script>${new Html(library.script)}</script>
<script>${new Html(script)}</script>
</body>
</html>
`.text;
}

/** Of the scripts, so that the browser runs these and nothing that came in with a text. */
function hashOf(script: string): Html {
  return new Html(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
}

/** Which curve is which run's; a run can be left out of all charts. */
function keyOf(labels: readonly string[]): Html {
  return html`<ul class="key" aria-label="Runs shown">${labels.map(
    (label, run) => html`
<li><label><input type="checkbox" value="${run}" checked autocomplete="off">${swatch('line', run % COLORS, dashOf(run))}<span title="${label}">${label}</span></label></li>`,
  )}
</ul>`;
}

function figure({ id, title, about, series }: Chart): Html {
  return html`
<figure id="${id}">
<figcaption><h3>${title}</h3><p class="note">${about}</p></figcaption>
${
  series.length === 0
    ? html`<p class="note">Nothing was logged yet.</p>`
    : html`<ul class="readout">
<li>step <b data-step></b></li>${legend(series)}
</ul>
<div class="plot" tabindex="0" role="group" aria-label="Chart: ${title} by step"></div>`
}
</figure>`;
}

/** A name for what is of the same run and kind, with a value for each curve. */
function legend(series: readonly Series[]): Html[] {
  const groups = new Map<string, [place: number, Series][]>();
  for (const [place, one] of series.entries()) {
    if (one.kind === 'faint') continue;
    const key = `${one.run} ${one.label}`;
    groups.set(key, [...(groups.get(key) ?? []), [place, one]]);
  }
  return [...groups.values()].map((group) => {
    const [[, { label }]] = group;
    const values = group.map(
      ([place, { kind, color, dash }], i) =>
        html`${swatch(kind === 'points' ? 'points' : 'line', color, dash)}${i === 0 && html`<span title="${label}">${label}</span>`} <b data-series="${place}"></b>`,
    );
    return html`
<li>${values}</li>`;
  });
}
