/** Some lines of a file. */
export interface Region {
  /** Of the first line, counted from 1. */
  readonly first: number;
  readonly lines: readonly string[];
}

/**
 * The lines of a declaration, from its name to the bracket that closes it; without a name, those of the whole file.
 * @param name of a class, a function, an interface or a constant, a member of a class or a constant of a function: `forward`, `#planFor`
 * @throws Error if there is none of this name, or more than one
 */
export function sourceRegion(source: string, name: string | undefined, file: string): Region {
  const lines = source.replace(/\n$/, '').split('\n');
  if (name === undefined) return { first: 1, lines };
  const begin = declarationOf(name);
  const found = lines.flatMap((line, i) => (begin.test(line) ? [i] : []));
  if (found.length !== 1) {
    throw new Error(`${file}: expected one declaration of ${name}, found ${found.length}; name another one`);
  }
  const [first] = found;
  const indent = lines[first].match(/^ */)?.[0] ?? '';
  const isOneLine = /[;,]$/.test(lines[first]) && !/[{([]$/.test(lines[first]);
  const after = lines.findIndex((line, i) => i > first && new RegExp(`^${indent}[})\\]]`).test(line));
  const last = isOneLine ? first : endOf(lines, after, indent);
  if (last < first) throw new Error(`${file}: ${name} has no end`);
  const shown = lines.slice(first, last + 1).map((line) => line.slice(indent.length));
  return { first: first + 1, lines: shown };
}

/** `}: Options) {` closes the arguments and opens the body. */
function endOf(lines: readonly string[], at: number, indent: string): number {
  if (at < 0 || !/[{([]$/.test(lines[at])) return at;
  return endOf(
    lines,
    lines.findIndex((line, i) => i > at && new RegExp(`^${indent}[})\\]]`).test(line)),
    indent,
  );
}

function declarationOf(name: string): RegExp {
  const escaped = name.replace(/[.*+?^${}()|[\]\\#]/g, '\\$&');
  const top = `(export )?(abstract )?(async )?(class|function\\*?|interface|const|type) ${escaped}\\b`;
  const member = `  (protected |private |override |static |async |get |set |readonly )*\\*?${escaped}(<[^>]*>)?\\(.*\\{$`;
  const opened = `  (async )?\\*?${escaped}\\($`;
  const inner = `  const ${escaped} = `;
  return new RegExp(`^(${top}|${member}|${opened}|${inner})`);
}
