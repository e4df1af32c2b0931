import stringWidth from 'string-width';

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * One line of text as several, each at most so many columns wide: cut at a space where one is near the end, else anywhere. Hangul
 * and other wide characters take two columns.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let columns = 0;
  for (const { segment } of characters.segment(text)) {
    const more = stringWidth(segment);
    if (columns + more > width && segment === ' ') {
      lines.push(line);
      line = '';
      columns = 0;
      continue;
    }
    if (columns + more > width && line !== '') {
      const space = line.lastIndexOf(' ');
      const isNear = space > 0 && stringWidth(line.slice(space + 1)) <= width / 3;
      const [kept, rest] = isNear ? [line.slice(0, space), line.slice(space + 1)] : [line, ''];
      lines.push(kept);
      line = rest;
      columns = stringWidth(rest);
    }
    line += segment;
    columns += more;
  }
  lines.push(line);
  return lines;
}

/** Puts parts into lines, as many in each as fit with a gap between them; a part that is too wide alone is cut. */
export function flow(parts: readonly string[], width: number, gap = '   '): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const joined = last === undefined ? undefined : `${last}${gap}${part}`;
    if (joined !== undefined && stringWidth(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(part);
  }
  return lines.map((line) => (stringWidth(line) <= width ? line : wrap(line, width)[0]));
}
