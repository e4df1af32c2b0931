import { type JsonEntry, type JsonText, render, textOf, toJsonText } from './json-text.ts';
import { joined, mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import { nastyKeys, nastyValue } from './nasty.ts';
import type { Random } from './random.ts';
import { utf8 } from './utf8.ts';

/** A safetensors file in its parts, which need not fit together. */
export interface SafetensorsFile {
  header: JsonText;
  /** Behind the header's JSON, within its length. */
  padding: string;
  /** Of the header, in bytes; without it, what it is. */
  claimedLength?: bigint;
  data: Uint8Array;
}

export interface TensorSpec {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
}

const sizes: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  I32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  U8: 1,
  BOOL: 1,
};
const dtypes = [...Object.keys(sizes), 'F8_E4M3', 'f32', '', 'C64'];

/** A file of these tensors, one after the other, all of the value 0.5 as F32. */
export function safetensorsFile(
  tensors: readonly TensorSpec[],
  metadata?: Readonly<Record<string, string>>,
): SafetensorsFile {
  let end = 0;
  const entries: JsonEntry[] = tensors.map(({ name, dtype, shape }) => {
    const begin = end;
    end += shape.reduce((product, size) => product * size, sizes[dtype]);
    return { key: JSON.stringify(name), value: toJsonText({ dtype, shape, data_offsets: [begin, end] }) };
  });
  if (metadata) entries.unshift({ key: '"__metadata__"', value: toJsonText(metadata) });
  const data = new Uint8Array(end);
  for (let at = 3; at < end; at += 4) data[at] = 0x3f;
  return { header: { kind: 'object', entries }, padding: '', data };
}

export function toBytes({ header, padding, claimedLength, data }: SafetensorsFile): Uint8Array {
  const text = utf8(render(header) + padding);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, claimedLength ?? BigInt(text.length), true);
  return joined(length, text, data);
}

/** A mutant as bytes: changed in what the format is made of, in its JSON, and now and then in its bytes. */
export function mutatedSafetensors(make: () => SafetensorsFile, random: Random): Uint8Array {
  const file = make();
  const changes = random.oneIn(20) ? 0 : random.few(5);
  for (let i = 0; i < changes; i++) {
    if (random.oneIn(4)) file.header = mutateJson(file.header, random, { wellFormed: false });
    else mutateFile(file, random);
  }
  let bytes = toBytes(file);
  while (random.oneIn(8)) bytes = mutateBytes(bytes, random);
  return bytes;
}

function mutateFile(file: SafetensorsFile, random: Random): void {
  const entries = file.header.kind === 'object' ? file.header.entries : [];
  const entry = entries.length > 0 ? random.pick(entries) : undefined;
  switch (random.below(10)) {
    case 0:
      setField(entry, 'dtype', textOf(JSON.stringify(random.pick(dtypes))));
      break;
    case 1:
      setField(entry, 'shape', otherShape(entry, random));
      break;
    case 2:
      setField(entry, 'data_offsets', otherOffsets(file, random));
      break;
    case 3:
      if (entry) entry.key = random.oneIn(3) ? random.pick(entries).key : random.pick(nastyKeys);
      break;
    case 4:
      // Of one tensor the place of another: an overlap and a hole.
      if (entry) {
        setField(entry, 'data_offsets', fieldOf(random.pick(entries), 'data_offsets') ?? textOf('[0,0]'));
      }
      break;
    case 5:
      file.padding = random.pick(['', ' ', '   ', '       ', '\n', '\0', '}', '\u00a0']);
      break;
    case 6:
      file.claimedLength = otherLength(file, random);
      break;
    case 7:
      file.data = otherData(file, random);
      break;
    case 8:
      // The order in the header does not matter, and nor does it here what the numbers are.
      if (entry)
        entries.splice(random.below(entries.length), 0, ...entries.splice(entries.indexOf(entry), 1));
      if (file.data.length > 0) {
        file.data.fill(random.pick([0x00, 0x7f, 0xff]), random.below(file.data.length));
      }
      break;
    default:
      entries.splice(random.below(entries.length + 1), 0, emptyTensor(file, random));
  }
}

function otherLength({ header, data }: SafetensorsFile, random: Random): bigint {
  const length = BigInt(utf8(render(header)).length);
  const claimed = random.pick([
    ...[0n, 1n, 7n, length - 1n, length + 1n, length + 8n, 100_000_000n, 2n ** 31n, 2n ** 32n + length],
    ...[2n ** 53n, 2n ** 63n, 2n ** 64n - 1n, BigInt(data.length) + length],
  ]);
  return claimed < 0n ? 0n : claimed;
}

function otherData({ data }: SafetensorsFile, random: Random): Uint8Array {
  const { length } = data;
  const wanted = random.pick([0, length - 1, length + 1, length + 4, length * 2, random.below(length + 1)]);
  const other = new Uint8Array(Math.max(0, wanted));
  other.set(data.subarray(0, other.length));
  return other;
}

/** It fits in wherever another tensor ends. */
function emptyTensor({ data }: SafetensorsFile, random: Random): JsonEntry {
  const place = random.pick([0, data.length, random.below(data.length + 1)]);
  const value = toJsonText({ dtype: 'F32', shape: [random.below(3), 0], data_offsets: [place, place] });
  return { key: random.pick(nastyKeys), value };
}

function fieldOf(entry: JsonEntry, name: string): JsonText | undefined {
  if (entry.value.kind !== 'object') return undefined;
  return entry.value.entries.find(({ key }) => key === JSON.stringify(name))?.value;
}

function setField(entry: JsonEntry | undefined, name: string, value: JsonText): void {
  if (entry?.value.kind !== 'object') return;
  const field = entry.value.entries.find(({ key }) => key === JSON.stringify(name));
  if (field) field.value = structuredClone(value);
}

function otherShape(entry: JsonEntry | undefined, random: Random): JsonText {
  const shape = entry && fieldOf(entry, 'shape');
  const axes = shape?.kind === 'array' ? shape.items.map((item) => ({ ...item })) : [];
  switch (random.below(6)) {
    case 0:
      return { kind: 'array', items: axes.reverse() };
    case 1:
      return { kind: 'array', items: [...axes, textOf('1')] };
    case 2:
      // Products that wrap around in 32 or 64 bits, or lose their last digits in a double.
      return toJsonText(
        random.pick([
          [65536, 65536],
          [4294967296, 4294967296],
          [2147483648, 2],
          [3037000500, 3037000500],
          [9007199254740991, 2],
          [9007199254740991, 0],
          [0, 9007199254740991],
          [94906267, 94906267],
        ]),
      );
    case 3:
      return { kind: 'array', items: new Array(random.pick([9, 64, 65, 1000])).fill(textOf('1')) };
    case 4:
      if (axes.length > 0) axes[random.below(axes.length)] = textOf(nastyValue(random, { wellFormed: true }));
      return { kind: 'array', items: axes };
    default:
      return { kind: 'array', items: axes.slice(1) };
  }
}

function otherOffsets({ data }: SafetensorsFile, random: Random): JsonText {
  const { length } = data;
  const offset = () =>
    random.pick([
      0,
      1,
      4,
      length,
      length - 4,
      length + 4,
      2 ** 31,
      2 ** 32,
      2 ** 53 - 1,
      2 ** 53,
      -4,
      1e300,
      0.5,
    ]);
  return toJsonText(random.oneIn(6) ? [offset()] : [offset(), offset()]);
}
