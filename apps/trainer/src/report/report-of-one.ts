import { basename } from 'node:path';
import { count, duration } from '../format.ts';
import { measure } from '../records/measure.ts';
import type { Run } from '../records/run.ts';
import { summarize } from '../records/summarize.ts';
import { type Content, type Html, html } from './html.ts';
import { settingsTable } from './settings-table.ts';

const MOST_ROWS = 100;

/** What there is to say of a single run. */
export function reportOfOne(run: Run, label: string, charts: Html): Html {
  return html`
<header>
<h1>${label}</h1>
<p class="lead">${describe(run)}</p>
</header>
${headline(run)}
${charts}
${samples(run)}
${evaluations(run)}
${run.settings.size > 0 && section('Settings', settingsTable(run.settings))}
${run.environment.size > 0 && section('Machine', settingsTable(run.environment))}`;
}

function describe({ settings, ...run }: Run): string {
  const [optimizer, lr, schedule] = ['optimizer.name', 'optimizer.lr', 'schedule.name'].map((name) =>
    settings.get(name),
  );
  const parts = [
    summarize({ settings, ...run }).model,
    optimizer === undefined ? '' : `${optimizer}${lr === undefined ? '' : `, learning rate ${lr}`}`,
    schedule === undefined || schedule === 'constant' ? '' : `schedule ${schedule}`,
    basename(String(settings.get('data.train') ?? '')),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function headline(run: Run): Html {
  const { best, test, lastLoss, steps, tokens, seconds, tokensPerSecond, parameters } = summarize(run);
  const entry = (name: string, value: string | undefined, note?: string): Content =>
    value !== undefined &&
    html`
<div><dt>${name}</dt><dd><b>${value}</b>${note && html`<small>${note}</small>`}</dd></div>`;
  return html`<dl class="figures">${[
    entry(
      'Best validation perplexity',
      best && measure(best.perplexity),
      best && `loss ${measure(best.loss)}, at step ${count(best.step)}`,
    ),
    entry('Test perplexity', test && measure(test.perplexity), test && `loss ${measure(test.loss)}`),
    entry('Last training loss', lastLoss === undefined ? undefined : measure(lastLoss)),
    entry('Steps', count(steps), run.lastStep && `in epoch ${run.lastStep.epoch}`),
    entry('Tokens read', tokens === undefined ? undefined : count(tokens)),
    entry('Time in training', seconds === undefined ? undefined : duration(seconds)),
    entry(
      'Tokens per second',
      tokensPerSecond === undefined ? undefined : count(Math.round(tokensPerSecond)),
      'median',
    ),
    entry('Parameters', parameters === undefined ? undefined : count(parameters)),
  ]}
</dl>`;
}

function section(title: string, content: Html): Html {
  return html`
<section>
<h2>${title}</h2>
${content}
</section>`;
}

/** The newest first, and open. */
function samples({ samples, evaluations }: Run): Content {
  if (samples.length === 0) return undefined;
  const perplexities = new Map(evaluations.map(({ step, perplexity }) => [step, perplexity]));
  const items = [...samples].reverse().map(({ step, text }, i) => {
    const perplexity = perplexities.get(step);
    return html`
<details${i === 0 && html` open`}><summary>step ${count(step)}${perplexity !== undefined && html`<small>validation perplexity ${measure(perplexity)}</small>`}</summary>
<pre>${text}</pre></details>`;
  });
  return section('What it wrote', html`<div>${items}</div>`);
}

function evaluations({ evaluations, best }: Run): Content {
  if (evaluations.length === 0) return undefined;
  const shown = evaluations.slice(-MOST_ROWS).reverse();
  const rows = shown.map(({ step, epoch, loss, perplexity }) => {
    const cells = [count(step), count(epoch), measure(loss), measure(perplexity)];
    return html`
<tr>${cells.map((cell) => html`<td class="number">${step === best?.step ? html`<b>${cell}</b>` : cell}</td>`)}</tr>`;
  });
  const heads = ['step', 'epoch', 'loss', 'perplexity'].map(
    (name) => html`<th scope="col" class="number">${name}</th>`,
  );
  return section(
    'Evaluations',
    html`<details><summary>On the validation text<small>${
      shown.length < evaluations.length ? `the last ${shown.length}, newest first` : 'newest first'
    }</small></summary>
<div class="scroll"><table aria-label="Evaluations">
<thead><tr>${heads}</tr></thead>
<tbody>${rows}
</tbody>
</table></div></details>`,
  );
}
