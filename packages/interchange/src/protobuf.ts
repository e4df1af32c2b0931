/**
 * The part of Protocol Buffers that writing a model needs: https://protobuf.dev/programming-guides/encoding.
 *
 * A field is a list of pieces of bytes, and so is a message; they are copied once, when the file is put together.
 */
export type Pieces = readonly Uint8Array[];

/** A field that holds a whole number from 0. */
export function integer(field: number, value: number): Pieces {
  return [varint(field * 8), varint(value)];
}

/** A field that holds bytes: a string, raw data, or a message with these fields. */
export function bytes(field: number, ...content: readonly Pieces[]): Pieces {
  const pieces = content.flat();
  return [varint(field * 8 + 2), varint(byteCount(pieces)), ...pieces];
}

export function text(field: number, value: string): Pieces {
  return bytes(field, [new TextEncoder().encode(value)]);
}

/** The bytes of a message with these fields. */
export function message(...fields: readonly Pieces[]): Uint8Array {
  const pieces = fields.flat();
  const out = new Uint8Array(byteCount(pieces));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

const byteCount = (pieces: Pieces): number => pieces.reduce((sum, { length }) => sum + length, 0);

/** Seven bits to a byte, the lowest first; the eighth says that more follow. */
function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128); // no shifts: they stop at 32 bits
  out.push(rest);
  return Uint8Array.from(out);
}
