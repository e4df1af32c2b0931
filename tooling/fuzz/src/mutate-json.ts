import { type JsonEntry, type JsonText, textOf } from './json-text.ts';
import { type NastyOptions, nastyKeys, nastyValue } from './nasty.ts';
import type { Random } from './random.ts';

/** A value within a document, and what it stands in. */
interface Place {
  readonly value: JsonText;
  replace(by: JsonText): void;
  /** Absent of the document as a whole. */
  readonly list?: JsonText[] | JsonEntry[];
  readonly index: number;
}

/** Changes one thing in a document: a value, a key, or where they stand. */
export function mutateJson(document: JsonText, random: Random, options: NastyOptions): JsonText {
  const holder = { document };
  const places: Place[] = [
    {
      value: document,
      replace: (by) => {
        holder.document = by;
      },
      index: 0,
    },
  ];
  gather(document, places);
  const place = random.oneIn(40) ? places[0] : random.pick(places.slice(1));
  if (place === undefined) return textOf(nastyValue(random, options));
  change(place, places, random, options);
  return holder.document;
}

function gather(node: JsonText, places: Place[]): void {
  if (node.kind === 'array') {
    for (const [index, value] of node.items.entries()) {
      places.push({
        value,
        replace: (by) => {
          node.items[index] = by;
        },
        list: node.items,
        index,
      });
      gather(value, places);
    }
  } else if (node.kind === 'object') {
    for (const [index, entry] of node.entries.entries()) {
      places.push({
        value: entry.value,
        replace: (by) => {
          entry.value = by;
        },
        list: node.entries,
        index,
      });
      gather(entry.value, places);
    }
  }
}

function change(place: Place, places: readonly Place[], random: Random, options: NastyOptions): void {
  const { value, list, index } = place;
  const entry = list?.[index];
  switch (random.below(9)) {
    case 0:
    case 1:
      place.replace(textOf(nastyValue(random, options)));
      break;
    case 2:
    case 3:
      if (value.kind === 'text') place.replace(textOf(tweaked(value.text, random)));
      else grow(value, random, options);
      break;
    case 4:
      list?.splice(index, 1);
      break;
    case 5:
      // The same again: a key twice, an element twice.
      if (entry && list) {
        (list as unknown[]).splice(random.below(list.length + 1), 0, structuredClone(entry));
      }
      break;
    case 6:
      if (entry && 'key' in entry) entry.key = otherKey(entry.key, list as JsonEntry[], random);
      break;
    case 7:
      place.replace(structuredClone(random.pick(places).value));
      break;
    default:
      place.replace(
        random.oneIn(2)
          ? { kind: 'array', items: [value] }
          : { kind: 'object', entries: [{ key: random.pick(nastyKeys), value }] },
      );
  }
}

function grow(value: JsonText, random: Random, options: NastyOptions): void {
  const more = textOf(nastyValue(random, options));
  if (value.kind === 'array') value.items.splice(random.below(value.items.length + 1), 0, more);
  if (value.kind === 'object') {
    const at = random.below(value.entries.length + 1);
    value.entries.splice(at, 0, { key: random.pick(nastyKeys), value: more });
  }
}

function otherKey(key: string, siblings: readonly JsonEntry[], random: Random): string {
  if (random.oneIn(3)) return random.pick(siblings).key;
  return random.oneIn(2) ? random.pick(nastyKeys) : tweaked(key, random);
}

/** Nearly the same number or string. */
function tweaked(text: string, random: Random): string {
  if (text[0] === '"') {
    const at = 1 + random.below(text.length - 1);
    const letter = random.pick(['a', 'Z', '0', ' ', '.', '_', '-', '\\n', '\\u0000', '\\ud83c', 'é', '🌀']);
    const isEscape = text[at - 1] === '\\' || text.slice(0, at).includes('\\u');
    const rest = text.slice(at + (random.oneIn(2) ? 0 : 1), -1);
    return isEscape ? text : `${text.slice(0, at)}${letter}${rest}"`;
  }
  const number = Number(text);
  if (Number.isNaN(number)) return random.pick(['true', 'false', 'null', '0', '""']);
  return JSON.stringify(
    random.pick([
      number + 1,
      number - 1,
      number * 2,
      number / 2,
      -number,
      number + 0.5,
      Math.trunc(number),
      number * 1e6,
    ]),
  );
}
