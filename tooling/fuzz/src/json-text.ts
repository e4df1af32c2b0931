/**
 * JSON as it is written, which can say more than a value: a key twice, 1e999, half a surrogate pair. Text is taken as it is; keys
 * are texts too, with their quotes.
 */
export type JsonText =
  | { readonly kind: 'text'; text: string }
  | { readonly kind: 'array'; items: JsonText[] }
  | { readonly kind: 'object'; entries: JsonEntry[] };

export interface JsonEntry {
  key: string;
  value: JsonText;
}

export function textOf(text: string): JsonText {
  return { kind: 'text', text };
}

export function toJsonText(value: unknown): JsonText {
  if (Array.isArray(value)) return { kind: 'array', items: value.map(toJsonText) };
  if (typeof value !== 'object' || value === null) return textOf(JSON.stringify(value));
  const entries = Object.entries(value).map(([key, inner]) => ({
    key: JSON.stringify(key),
    value: toJsonText(inner),
  }));
  return { kind: 'object', entries };
}

export function render(node: JsonText): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'array':
      return `[${node.items.map(render).join(',')}]`;
    case 'object':
      return `{${node.entries.map(({ key, value }) => `${key}:${render(value)}`).join(',')}}`;
  }
}
