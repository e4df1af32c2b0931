import { count, duration } from '../format.ts';
import { differingSettings } from '../records/differing-settings.ts';
import { measure } from '../records/measure.ts';
import type { Run } from '../records/run.ts';
import { type Summary, summarize } from '../records/summarize.ts';
import { COLORS, dashOf } from './chart-data.ts';
import { type Content, type Html, html } from './html.ts';
import { settingsTable } from './settings-table.ts';
import { swatch } from './swatch.ts';

/** What there is to say of several runs side by side. */
export function reportOfSeveral(runs: readonly Run[], labels: readonly string[], charts: Html): Html {
  return html`
<h1>${runs.length} runs</h1>
<section>
<h2>Results</h2>
${results(runs, labels)}
</section>
<section>
<h2>Settings that differ</h2>
${differences(runs, labels)}
</section>
${charts}
${samples(runs, labels)}
${shared(runs)}`;
}

const nameOf = (label: string, run: number): Html =>
  html`${swatch('line', run % COLORS, dashOf(run))} <bdi title="${label}">${label}</bdi>`;

/** The columns of the table, each a number of a run; `isBest` where less is better. */
const columns: readonly {
  name: string;
  of: (summary: Summary) => number | undefined;
  format: (value: number) => string;
  isBest?: true;
}[] = [
  { name: 'best validation perplexity', of: ({ best }) => best?.perplexity, format: measure, isBest: true },
  { name: 'at step', of: ({ best }) => best?.step, format: count },
  { name: 'test perplexity', of: ({ test }) => test?.perplexity, format: measure, isBest: true },
  { name: 'last train loss', of: ({ lastLoss }) => lastLoss, format: measure },
  { name: 'steps', of: ({ steps }) => steps, format: count },
  { name: 'time in training', of: ({ seconds }) => seconds, format: duration },
  {
    name: 'tokens/s',
    of: ({ tokensPerSecond }) => tokensPerSecond,
    format: (rate) => count(Math.round(rate)),
  },
  { name: 'parameters', of: ({ parameters }) => parameters, format: count },
];

function results(runs: readonly Run[], labels: readonly string[]): Html {
  const summaries = runs.map(summarize);
  const hasModel = summaries.some(({ model }) => model !== '');
  const shown = columns.filter(({ of }) => summaries.some((summary) => of(summary) !== undefined));
  const cell = (column: (typeof columns)[number], summary: Summary): Html => {
    const value = column.of(summary);
    if (value === undefined) return html`<td class="number">–</td>`;
    const least = Math.min(...summaries.map((other) => column.of(other) ?? Number.POSITIVE_INFINITY));
    const text = column.format(value);
    return html`<td class="number">${column.isBest && value === least ? html`<b>${text}</b>` : text}</td>`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Results"><table>
<thead><tr><th scope="col">run</th>${shown.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}${hasModel && html`<th scope="col">model</th>`}</tr></thead>
<tbody>${summaries.map(
    (summary, run) => html`
<tr><th scope="row">${nameOf(labels[run], run)}</th>${shown.map((column) => cell(column, summary))}${hasModel && html`<td class="whole">${summary.model}</td>`}</tr>`,
  )}
</tbody>
</table></div>`;
}

function differences(runs: readonly Run[], labels: readonly string[]): Html {
  const differing = differingSettings(runs);
  if (differing.size === 0) return html`<p class="note">None: they were all told the same.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Settings that differ"><table>
<thead><tr><th scope="col">setting</th>${labels.map((label, run) => html`<th scope="col">${nameOf(label, run)}</th>`)}</tr></thead>
<tbody>${[...differing].map(
    ([name, values]) => html`
<tr><th scope="row">${name}</th>${values.map((value) => html`<td>${value === undefined ? '–' : String(value)}</td>`)}</tr>`,
  )}
</tbody>
</table></div>`;
}

/** The last of each. */
function samples(runs: readonly Run[], labels: readonly string[]): Content {
  const last = runs.map((run) => run.samples.at(-1));
  if (last.every((sample) => sample === undefined)) return undefined;
  return html`
<section>
<h2>What they wrote last</h2>${last.map(
    (sample, run) =>
      sample &&
      html`
<details open><summary>${nameOf(labels[run], run)}<small>step ${count(sample.step)}</small></summary>
<pre>${sample.text}</pre></details>`,
  )}
</section>`;
}

function shared(runs: readonly Run[]): Content {
  const differing = differingSettings(runs);
  const same = new Map([...runs[0].settings].filter(([name]) => !differing.has(name)));
  if (same.size === 0) return undefined;
  return html`
<section>
<h2>Settings that are the same</h2>
<details><summary>All ${same.size}</summary>
${settingsTable(same)}
</details>
</section>`;
}
