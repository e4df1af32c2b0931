import { resolve } from 'node:path';
import { count, duration, table, visible } from '../format.ts';
import { orders } from '../records/compare-orders.ts';
import { differingSettings } from '../records/differing-settings.ts';
import { measure } from '../records/measure.ts';
import { readRun } from '../records/read-run.ts';
import type { Scalar } from '../records/run.ts';
import { runLabels } from '../records/run-labels.ts';
import { type Summary, summarize } from '../records/summarize.ts';

interface Row {
  readonly name: string;
  readonly path: string;
  readonly summary: Summary;
  /** Of the settings that differ, its own. */
  readonly settings: ReadonlyMap<string, Scalar | undefined>;
}

/** What the column of the model says already. */
const inModel = ['model.name', 'model.wordvecSize', 'model.hiddenSize'];

/**
 * Prints what runs are made of, where they differ, and what they came to: a row for each.
 * @param sort one of `compareOrders`; without it, they stay in the order given
 */
export async function compareRuns(
  paths: readonly string[],
  { json, sort }: { json?: boolean; sort?: string },
): Promise<void> {
  const rows = await readRows(paths);
  if (sort !== undefined) rows.sort((a, b) => orders[sort](a.summary, b.summary));
  if (json) {
    const objects = rows.map(({ name, path, summary, settings }) => {
      return { name, path, ...summary, differing: Object.fromEntries(settings) };
    });
    console.log(JSON.stringify(objects, undefined, 2));
    return;
  }
  const differing = [...(rows[0]?.settings.keys() ?? [])].filter((name) => !inModel.includes(name));
  const short = differing.map((setting) => shortName(setting, differing));
  const tested = rows.some(({ summary }) => summary.test);
  const head = [
    'run',
    'model',
    ...short,
    'steps',
    'best perplexity',
    'at step',
    ...(tested ? ['test perplexity'] : []),
    'last train loss',
    'tokens/s',
    'time',
  ];
  const cells = rows.map(({ name, summary, settings }) => [
    name,
    summary.model || '-',
    ...differing.map((setting) => brief(String(settings.get(setting) ?? '-'))),
    count(summary.steps),
    cell(summary.best?.perplexity, measure),
    cell(summary.best?.step, count),
    ...(tested ? [cell(summary.test?.perplexity, measure)] : []),
    cell(summary.lastLoss, measure),
    cell(summary.tokensPerSecond, (rate) => count(Math.round(rate))),
    cell(summary.seconds, duration),
  ]);
  console.log(table([head, ...cells].map((row) => row.map(oneLine))));
}

async function readRows(paths: readonly string[]): Promise<Row[]> {
  // One after the other: memory is for one at a time.
  const distinct = new Map(paths.map((path) => [resolve(path), path])).values();
  const runs = [];
  for (const path of distinct) runs.push(await readRun(path));
  const labels = runLabels(runs);
  const differing = differingSettings(runs);
  return runs.map((run, i) => ({
    name: labels[i],
    path: run.path,
    summary: summarize(run),
    settings: new Map([...differing].map(([name, values]) => [name, values[i]])),
  }));
}

/** `lr` for `optimizer.lr`, but `optimizer.name` as it is where there is another `name`. */
function shortName(path: string, all: readonly string[]): string {
  const last = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  return all.filter((other) => last(other) === last(path)).length > 1 || last(path) === 'name'
    ? path
    : last(path);
}

/** A path may be longer than a line. */
function brief(text: string): string {
  return text.length > 32 ? `…${text.slice(-31)}` : text;
}

function cell(value: number | undefined, format: (value: number) => string): string {
  return value === undefined || Number.isNaN(value) ? '-' : format(value);
}

/** Folders and settings may have any name: none that takes the table apart, or writes over the terminal. */
function oneLine(text: string): string {
  return visible(text.replaceAll('\n', '\\n').replaceAll('\t', ' '));
}
