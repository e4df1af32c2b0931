import { count, duration } from '@unroll/trainer/src/format.ts';
import { nameOf, type Result } from './result.ts';
import { ResultsError } from './results-error.ts';
import type { Goal, Row } from './row.ts';

export type Results = ReadonlyMap<string, readonly Result[]>;

/** The page of all results. @throws ResultsError if there is a result of a row that there is not */
export function resultsPage(rows: readonly Row[], results: Results): string {
  expectRows(rows, results);
  return `# Results

What the command reaches, and how to see it for oneself: \`pnpm results\` lists the rows of this table, \`pnpm results <row> --seed <n>\`
trains and measures one, \`pnpm results --table\` makes this page from [what was recorded](results). A figure is that of the model with
the best validation loss, by \`unroll evaluate\`: in batches of 10 over 35 steps, the tail dropped, unless a row says otherwise. Of several
seeds it is their mean, with the least and the most in brackets; a goal is met if the mean meets it. Times are those of \`unroll train\`
from its start to its end, with all that it reads, evaluates and saves. The commit that is named with a checkpoint makes its very
bits again, on such a machine; that of another day may round otherwise.

${shortTable(rows, results, 'results')}

${rows.map((row) => section(row, results.get(row.id) ?? [])).join('\n')}`;
}

/**
 * A line for each row.
 * @param folder the folder of the results, from where the table is read
 */
export function shortTable(rows: readonly Row[], results: Results, folder: string): string {
  expectRows(rows, results);
  return table([
    ['row', '`unroll train`', 'result', 'published', 'goal', 'time', 'machine', 'seed: checkpoint, report'],
    ...rows.map((row) => {
      const runs = results.get(row.id) ?? [];
      return [
        `${row.id}`,
        `\`${row.train.join(' ')}\``,
        runs.length === 0 ? 'not run yet' : `${figures(row, runs)}`,
        row.published.map(({ value, source }) => `${value} (${source})`).join('; '),
        row.goals.map((goal) => describeGoal(row, goal, runs)).join('; '),
        runs.length === 0 ? '' : duration(mean(runs.map(({ seconds }) => seconds))),
        unique(runs.map(describeMachine)).join('; '),
        runs.map((run) => `${run.seed}: [\`${shortHash(run)}\`](${folder}/${nameOf(run)}.html)`).join(', '),
      ];
    }),
  ]);
}

/** A line for the terminal: id, and what is recorded. */
export function listRows(rows: readonly Row[], results: Results): string {
  expectRows(rows, results);
  const width = Math.max(...rows.map(({ id }) => id.length));
  return rows
    .map((row) => {
      const runs = results.get(row.id) ?? [];
      const seeds = runs.map(({ seed }) => seed).join(', ');
      const recorded = runs.length === 0 ? 'not run yet' : `${figures(row, runs)}, from seed ${seeds}`;
      return [
        `${row.id.padEnd(width)}  ${recorded}`,
        ...[row.about.replaceAll('`', ''), `unroll train ${row.train.join(' ')}`],
      ].join(`\n${' '.repeat(width + 2)}`);
    })
    .join('\n');
}

function section(row: Row, runs: readonly Result[]): string {
  const { corpus, measure, goals } = row;
  const unit = measure === 'loss' ? 'Nats for each token' : 'Perplexity';
  const parts = [
    `## ${row.id}`,
    row.about,
    `${unit} on the ${row.split === 'test' ? 'test' : 'validation'} text of ${corpus.name}; ${corpus.source}.`,
    `\`\`\`sh\npnpm results ${row.id} --seed 1\n${typedCommand(row)}\n\`\`\``,
    runs.length === 0 ? 'Not run yet.' : runsTable(row, runs),
    [
      ...row.published.map(({ value, of, source }) => `- Published: ${value}, ${of} (${source}).`),
      ...goals.map((goal) => `- Goal: ${describeGoal(row, goal, runs)}.`),
      ...runs.map((run) => describeRun(row, run)),
    ].join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const typedCommand = ({ corpus, train }: Row): string =>
  `unroll train --data ${corpus.typed} ${train.join(' ')} --seed 1 --out <folder>`;

function runsTable(row: Row, runs: readonly Result[]): string {
  const names = ['plain', ...row.extras.map(({ name }) => name)];
  const line = (run: Result): string[] => [
    String(run.seed),
    show(row, run.best[row.measure]),
    ...names.map((name) => (run.measured[name] ? show(row, run.measured[name][row.measure]) : '')),
    duration(run.seconds),
    count(Math.round(run.tokensPerSecond)),
    describeMachine(run),
    `\`${shortHash(run)}\``,
    `[report](results/${nameOf(run)}.html), [numbers](results/${nameOf(run)}.json)`,
  ];
  return table([
    ...[['seed', 'best validation', ...names, 'time', 'tokens/s', 'machine', 'checkpoint', 'all of it']],
    ...runs.map(line),
    ...(runs.length < 2
      ? []
      : [['mean', '', ...names.map((name) => meanAndRange(row, name, runs)), '', '', '', '', '']]),
  ]);
}

/** What does not fit into a table, and what a repetition should come to. */
function describeRun(row: Row, run: Result): string {
  const { seed, command, computed, machine, commit, parameters, steps, parts, date, sha256 } = run;
  const validation = run.validation.map(
    (evaluation) => `${show(row, evaluation[row.measure])} after ${count(evaluation.step)}`,
  );
  const inParts = parts > 1 ? `, in ${parts} parts` : '';
  return [
    `- Seed ${seed}: \`${command}\`, ${count(parameters)} parameters, ${count(steps)} steps${inParts}, ${date.slice(0, 10)}, on ${computed};`,
    `  Node ${machine.node.replace('v', '')}, ${machine.platform}; commit ${commit}; sha256 of the weights \`${sha256}\`.`,
    `  Validation by steps: ${validation.join(', ')}.`,
  ].join('\n');
}

/** A goal, and plainly whether it is met. */
function describeGoal(row: Row, { figure, atMost }: Goal, runs: readonly Result[]): string {
  const values = valuesOf(row, figure, runs);
  const goal = `${figure === 'plain' ? '' : `${figure} `}at most ${atMost}`;
  if (values.length === 0) return `${goal}: not measured yet`;
  const reached = mean(values);
  return reached <= atMost ? `${goal}: met` : `${goal}: **not met** (${show(row, reached)})`;
}

/** The plain figure and the others in one line. */
function figures(row: Row, runs: readonly Result[]): string {
  const extras = row.extras.filter(({ name }) => valuesOf(row, name, runs).length > 0);
  const all = ['plain', ...extras.map(({ name }) => name)];
  return all
    .map((name) => `${name === 'plain' ? '' : `${name} `}${meanAndRange(row, name, runs)}`)
    .join('; ');
}

/** With the seeds, if it was not measured of all. */
function meanAndRange(row: Row, name: string, runs: readonly Result[]): string {
  const values = valuesOf(row, name, runs);
  if (values.length === 0) return '';
  const notes: string[] = [];
  if (values.length > 1) notes.push(`${show(row, Math.min(...values))} to ${show(row, Math.max(...values))}`);
  if (values.length < runs.length) {
    const seeds = runs.filter(({ measured }) => measured[name]).map(({ seed }) => seed);
    notes.push(`seed ${seeds.join(', ')}`);
  }
  return `${show(row, mean(values))}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

const valuesOf = ({ measure }: Row, name: string, runs: readonly Result[]): number[] =>
  runs.flatMap(({ measured }) => (measured[name] ? [measured[name][measure]] : []));

const show = ({ measure }: Row, value: number): string => value.toFixed(measure === 'loss' ? 4 : 2);

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

const shortHash = ({ sha256 }: Result): string => sha256.slice(0, 12);

const describeMachine = ({ machine, backend, threads }: Result): string =>
  `${machine.cpu}, ${machine.cores} cores; ${backend}, ${threads === 1 ? '1 thread' : `${threads} threads`}`;

/** In Markdown, with its columns lined up. */
function table(lines: readonly (readonly string[])[]): string {
  const widths = lines[0].map((_, column) => Math.max(3, ...lines.map((line) => line[column].length)));
  const [head, ...rest] = lines.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`,
  );
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest].join('\n');
}

function expectRows(rows: readonly Row[], results: Results): void {
  for (const [id, [first]] of results) {
    if (rows.some((row) => row.id === id)) continue;
    throw new ResultsError(
      `${nameOf(first)}.json: expected a result of ${rows.map((row) => row.id).join(', ')}, got one of ${id}; remove it, or bring the row back`,
    );
  }
}
