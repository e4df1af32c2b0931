import type { Random } from './random.ts';

const interesting = [
  0x00, 0x0a, 0x20, 0x22, 0x2c, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xbf, 0xc0, 0xed, 0xf4, 0xff,
];

/** Changes bytes without a thought of what they mean: flips, sets, inserts, deletes, repeats, moves, cuts off. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const { length } = bytes;
  const at = random.below(length + 1);
  const end = Math.min(length, at + 1 + random.below(8));
  switch (random.below(8)) {
    case 0:
      return withByte(bytes, at, (byte) => byte ^ (1 << random.below(8)));
    case 1:
      return withByte(bytes, at, () => random.below(256));
    case 2:
      return withByte(bytes, at, () => random.pick(interesting));
    case 3:
      return joined(bytes.subarray(0, at), Uint8Array.of(random.pick(interesting)), bytes.subarray(at));
    case 4:
      return joined(bytes.subarray(0, at), bytes.subarray(end));
    case 5:
      return joined(bytes.subarray(0, end), bytes.subarray(at));
    case 6: {
      const from = random.below(length + 1);
      return joined(
        bytes.subarray(0, at),
        bytes.subarray(from, from + 1 + random.below(16)),
        bytes.subarray(at),
      );
    }
    default:
      return bytes.slice(0, at);
  }
}

function withByte(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  const copy = bytes.slice();
  if (at < copy.length) copy[at] = change(copy[at]);
  return copy;
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
