/** Where in the packages' sources an operation was called from, innermost first. */
export interface CallSite {
  /** From the repository on: `packages/layers/src/time-lstm.ts` */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

const FRAME = /file:\/\/(?<path>\/[^:)]+):(?<line>\d+):\d+/;

/** What of a stack is in the sources of packages, but not in a backend. */
export function callSitesOf(stack: string, root: string): CallSite[] {
  return stack.split('\n').flatMap((frame) => {
    const { path, line } = frame.match(FRAME)?.groups ?? {};
    if (!path?.startsWith(`${root}packages/`) || /\/packages\/tensor/.test(path)) return [];
    return [{ file: path.slice(root.length), line: Number(line) }];
  });
}

/**
 * How the operands of an operation are called where it is called, in the book's manner: `this.Wx.value` is Wx, `this.Wx.grad` dWx,
 * `hs.at(t)` hs[:, t].
 */
export function operandNames(source: string, line: number, operation: string): string[] {
  const lines = source.split('\n');
  const text = lines.slice(line - 1, line + 12).join('\n');
  const start = text.indexOf(`.${operation}(`);
  if (start < 0) return [];
  return argumentsOf(text.slice(start + operation.length + 2)).map(asInTheBook);
}

/** Those up to the bracket that closes the call. */
function argumentsOf(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let current = '';
  for (const char of text) {
    if (depth === 0 && (char === ',' || char === ')')) {
      if (current.trim() !== '') found.push(current.trim());
      current = '';
      if (char === ')') return found;
    } else {
      if ('([{'.includes(char)) depth++;
      if (')]}'.includes(char)) depth--;
      current += char;
    }
  }
  return found;
}

function asInTheBook(expression: string): string {
  return expression
    .replace(/\bthis\.#?/g, '')
    .replace(/\b(\w+)\.grad\b/g, 'd$1')
    .replace(/\.value\b/g, '')
    .replace(/\.at\(([^()]*)\)/g, '[:, $1]')
    .replace(/\.T\b/g, 'ᵀ');
}
