import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Region, sourceRegion } from './source-region.ts';
import type { Trace } from './trace.ts';

/** Lines of source with what is to be said of them. */
interface Passage {
  readonly first: number;
  readonly lines: readonly string[];
  /** Markdown; undefined for lines that come before the first note. */
  readonly note: string | undefined;
}

export interface ReadingTools {
  readonly root: string;
  readonly traces: Readonly<Record<string, Trace>>;
  /** TypeScript to the HTML of its lines. */
  highlight(code: string): readonly string[];
  renderInline(markdown: string): string;
}

/**
 * The HTML of a reading: a piece of real source, line by line, each with its note.
 *
 *     ```read packages/layers/src/time-lstm.ts forward scenario=time-lstm
 *     backend.affine | All time steps at once: $A = X W_x + b$
 *     for ( | …
 *     ```
 *
 * What stands before the bar is how the line begins. A line that is not there ends the build, so that a reading cannot lag behind.
 *
 * @param info what stands after `read`
 * @throws Error if file, declaration, scenario or line is not there
 */
export function renderReading(info: string, content: string, tools: ReadingTools): string {
  const { file, name, options } = parseInfo(info);
  const region = sourceRegion(readFileSync(join(tools.root, file), 'utf8'), name, file);
  const passages = passagesOf(region, notesOf(content, file), `${file}, ${name ?? 'all of it'}`);
  const html = tools.highlight(region.lines.join('\n'));
  const rows = passages.map((passage) => {
    const code = passage.lines.map((line, i) => {
      const number = passage.first + i;
      const indent = line.search(/\S|$/);
      return `<span class="line" style="--indent:${indent}" data-line="${number}"><i>${number}</i>${html[number - region.first]}</span>`;
    });
    const note =
      passage.note === undefined ? '' : `<div class="note">${tools.renderInline(passage.note)}</div>`;
    return `<div class="passage"><pre v-pre><code>${code.join('\n')}</code></pre>${note}</div>`;
  });
  const last = region.first + region.lines.length - 1;
  const attributes = [
    `file="${file}"`,
    `:first="${region.first}" :last="${last}"`,
    ...liveAttributes(options, file, tools.traces),
  ];
  return `<LiveReading ${attributes.join(' ')}>${rows.join('\n')}</LiveReading>\n`;
}

/**
 * The HTML of a backward pass whose lines can be crossed out, by the same words: ```broken <file> backward scenario=<name>
 */
export function renderBroken(info: string, tools: Omit<ReadingTools, 'renderInline'>): string {
  const { file, name, options } = parseInfo(info);
  const region = sourceRegion(readFileSync(join(tools.root, file), 'utf8'), name, file);
  const trace = tools.traces[options.scenario]?.backward;
  if (!trace) throw new Error(`${file}: there is no scenario ${options.scenario}`);
  const html = tools.highlight(region.lines.join('\n'));
  const lines = region.lines.map((_, i) => {
    const line = region.first + i;
    const calls = trace.flatMap(({ sites }, call) =>
      sites.some((site) => site.file === file && site.line === line) ? [call] : [],
    );
    return { line, html: html[i], calls };
  });
  return `<BrokenGradient :lines="${attribute(lines)}" />\n`;
}

/** `packages/layers/src/time-lstm.ts forward scenario=time-lstm` */
function parseInfo(info: string): {
  file: string;
  name: string | undefined;
  options: Record<string, string>;
} {
  const [file, ...rest] = info.trim().split(/\s+/);
  const options = Object.fromEntries(
    rest.filter((word) => word.includes('=')).map((word) => word.split('=')),
  );
  return { file, name: rest.find((word) => !word.includes('=')), options };
}

/** A value as that of an attribute in a page's template. */
export const attribute = (value: unknown): string =>
  JSON.stringify(value).replaceAll('&', '&amp;').replaceAll('"', '&quot;');

function liveAttributes(
  { scenario, pass = 'forward' }: Record<string, string>,
  file: string,
  traces: ReadingTools['traces'],
): string[] {
  if (scenario === undefined) return [];
  if (!Object.hasOwn(traces, scenario)) {
    throw new Error(`${file}: there is no scenario ${scenario}; there are ${Object.keys(traces).join(', ')}`);
  }
  if (pass !== 'forward' && pass !== 'backward') {
    throw new Error(`${file}: expected pass=forward or backward, got ${pass}`);
  }
  const calls = traces[scenario][pass].map(({ sites, names }) => ({
    line: sites.find((site) => site.file === file)?.line ?? 0,
    names,
  }));
  return [`scenario="${scenario}"`, `pass="${pass}"`, `:calls="${attribute(calls)}"`];
}

interface Note {
  readonly prefix: string;
  readonly text: string;
}

function notesOf(content: string, file: string): Note[] {
  const notes: Note[] = [];
  for (const line of content.split('\n').filter((line) => line.trim() !== '')) {
    const continued = line.match(/^\s*\|(.*)$/);
    if (continued && notes.length > 0) {
      const { prefix, text } = notes[notes.length - 1];
      notes[notes.length - 1] = { prefix, text: `${text} ${continued[1].trim()}` };
      continue;
    }
    const bar = line.indexOf(' | ');
    if (bar < 0)
      throw new Error(`${file}: expected a note of "how the line begins | what it does", got ${line}`);
    notes.push({ prefix: line.slice(0, bar).trim(), text: line.slice(bar + 3).trim() });
  }
  return notes;
}

/** Cuts a region where its notes begin. */
function passagesOf({ first, lines }: Region, notes: readonly Note[], where: string): Passage[] {
  const starts: number[] = [];
  let from = 0;
  for (const { prefix } of notes) {
    const at = lines.findIndex((line, i) => i >= from && line.trim().startsWith(prefix));
    if (at < 0) {
      throw new Error(
        `${where}: no line begins with "${prefix}" after line ${first + from - 1}; the source has changed`,
      );
    }
    starts.push(at);
    from = at + 1;
  }
  const passages = notes.map(({ text }, i) => ({
    first: first + starts[i],
    lines: lines.slice(starts[i], starts[i + 1]),
    note: text,
  }));
  const before = lines.slice(0, starts[0]);
  return before.length > 0 ? [{ first, lines: before, note: undefined }, ...passages] : passages;
}
