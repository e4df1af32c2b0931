/** The longest list that is shown whole. */
const MOST = 100;
/** A line that is longer is broken up. */
const WIDTH = 76;

/** A value as Node's console shows it, near enough: the same in a page and where pages are made. */
export function showValue(value: unknown, depth = 0): string {
  if (typeof value === 'string') return depth === 0 ? value : quoted(value);
  if (typeof value === 'function') return `[Function: ${value.name || 'anonymous'}]`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol') return value.toString();
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (depth > 3) return Array.isArray(value) ? '[Array]' : `[${nameOf(value)}]`;
  const show = (inner: unknown) => showValue(inner, depth + 1);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const numbers = value as unknown as ArrayLike<number>;
    return listOf(`${nameOf(value)}(${numbers.length}) [`, firstOf(numbers).map(show), numbers.length, ']');
  }
  if (Array.isArray(value)) return listOf('[', firstOf(value).map(show), value.length, ']');
  if (value instanceof Map) {
    const entries = firstOfMany(value).map(([key, inner]) => `${show(key)} => ${show(inner)}`);
    return listOf(`Map(${value.size}) {`, entries, value.size, '}');
  }
  if (value instanceof Set)
    return listOf(`Set(${value.size}) {`, firstOfMany(value).map(show), value.size, '}');
  const keys = Object.keys(value);
  const fields = firstOf(keys).map(
    (key) => `${fieldName(String(key))}: ${show(fieldOf(value, String(key)))}`,
  );
  const name = nameOf(value);
  return listOf(name === 'Object' ? '{' : `${name} {`, fields, keys.length, '}');
}

const quoted = (text: string): string =>
  text.includes("'") && !text.includes('"')
    ? JSON.stringify(text)
    : `'${JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'")}'`;
const fieldName = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key));
function nameOf(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' ? name : 'Object';
}
/** A getter may throw. */
function fieldOf(object: object, key: string): unknown {
  try {
    return (object as Record<string, unknown>)[key];
  } catch (error) {
    return error;
  }
}
function firstOfMany<T>(values: Iterable<T>): T[] {
  const first: T[] = [];
  for (const value of values) {
    if (first.length === MOST) break;
    first.push(value);
  }
  return first;
}
const firstOf = (list: ArrayLike<unknown>): unknown[] =>
  Array.from({ length: Math.min(list.length, MOST) }, (_, i) => list[i]);

function listOf(open: string, shown: readonly string[], length: number, close: string): string {
  const items = length > shown.length ? [...shown, `… ${length - shown.length} more items`] : shown;
  if (items.length === 0) return open + close;
  const line = `${open} ${items.join(', ')} ${close}`;
  if (line.length <= WIDTH && !line.includes('\n')) return line;
  return `${open}\n${wrapped(items).join('\n')}\n${close}`;
}

/** Short items side by side, long ones each on a line. */
function wrapped(items: readonly string[]): string[] {
  const lines: string[] = [];
  for (const [i, item] of items.entries()) {
    const text = (i < items.length - 1 ? `${item},` : item).replaceAll('\n', '\n  ');
    const last = lines[lines.length - 1];
    const fits =
      last !== undefined && item.length < 26 && !text.includes('\n') && last.length + text.length < WIDTH;
    if (fits) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(`  ${text}`);
  }
  return lines;
}
