import xterm from '@xterm/headless';
import type { Size } from './record-terminal.ts';

type Buffer = InstanceType<typeof xterm.Terminal>['buffer']['active'];
type Cell = NonNullable<ReturnType<NonNullable<ReturnType<Buffer['getLine']>>['getCell']>>;

const [LINE, CHARACTER, MARGIN] = [18, 7.83, 16];
/** The colours of a terminal that are used, by number. */
const COLOURS: Readonly<Record<number, string>> = { 1: 'red', 2: 'green', 3: 'yellow', 6: 'cyan' };

/** What stands on a terminal of this size after all this was written to it, as a picture: the last `rows` lines. */
export async function screenSvg(written: string, { columns, rows }: Size, label: string): Promise<string> {
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(written, resolve));
  const { active } = terminal.buffer;
  let last = active.length - 1;
  while (last > 0 && active.getLine(last)?.translateToString(true) === '') last--;
  const first = Math.max(0, last + 1 - rows);
  const lines = Array.from({ length: last + 1 - first }, (_, i) => drawLine(active, first + i, i));
  const width = Math.ceil(columns * CHARACTER + 2 * MARGIN);
  const height = lines.length * LINE + 2 * MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(label)}">
<style>
  rect { fill: #f6f8fa; }
  text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328; white-space: pre; }
  .bold { font-weight: bold; }
  .dim { fill: #57606a; }
  .red { fill: #cf222e; }
  .green { fill: #1a7f37; }
  .yellow { fill: #9a6700; font-weight: bold; }
  .cyan { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    rect { fill: #161b22; }
    text { fill: #e6edf3; }
    .dim { fill: #9198a1; }
    .red { fill: #ff7b72; }
    .green { fill: #3fb950; }
    .yellow { fill: #d29922; }
    .cyan { fill: #58a6ff; }
  }
</style>
<rect width="100%" height="100%" rx="8"/>
${lines.flat().join('\n')}
</svg>
`;
}

/** One text for each stretch that looks the same, at its own column: so that nothing shifts, whatever font there is. */
function drawLine(buffer: Buffer, y: number, row: number): string[] {
  const line = buffer.getLine(y);
  if (!line) return [];
  const parts: { from: number; style: string; text: string }[] = [];
  for (let x = 0; x < line.length; x++) {
    const cell = line.getCell(x);
    if (!cell || cell.getWidth() === 0) continue;
    const style = styleOf(cell);
    const text = cell.getChars() || ' ';
    const part = parts.at(-1);
    // Each wide character and each gap begins a part of its own.
    if (part && part.style === style && cell.getWidth() === 1 && !(text === ' ' && part.text.endsWith('  ')))
      part.text += text;
    else parts.push({ from: x, style, text });
  }
  return parts
    .filter(({ text }) => text.trim() !== '')
    .map(({ from, style, text }) => {
      const lead = text.length - text.trimStart().length;
      const x = (MARGIN + (from + lead) * CHARACTER).toFixed(2);
      const length = (Array.from(text.trim()).length * CHARACTER).toFixed(2);
      const fit = /^[\x20-\x7e]+$/.test(text)
        ? ''
        : ` textLength="${length}" lengthAdjust="spacingAndGlyphs"`;
      return `<text${style === '' ? '' : ` class="${style}"`} x="${x}" y="${MARGIN + 13 + row * LINE}"${fit}>${escaped(text.trim())}</text>`;
    });
}

function styleOf(cell: Cell): string {
  const colour = cell.isFgPalette() ? COLOURS[cell.getFgColor()] : undefined;
  return [cell.isBold() ? 'bold' : '', cell.isDim() ? 'dim' : '', colour ?? ''].filter(Boolean).join(' ');
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
