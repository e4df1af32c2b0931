import { crc32c } from './crc32c.ts';

/*
 * The files that TensorBoard reads: a header, then events, each framed as a record. Bytes are only ever added at the end.
 *
 * Framing: tensorflow/core/lib/io/record_writer.h. Messages: tensorflow/core/util/event.proto, framework/summary.proto and
 * framework/tensor.proto; their encoding: https://protobuf.dev/programming-guides/encoding/
 */

/** In the folder of a run. TensorBoard takes every file with `tfevents` in its name. */
export const EVENTS_FILE = 'events.out.tfevents.unroll';

/**
 * What such a file begins with.
 * @param wallTime in seconds since 1970
 */
export function fileHeader(wallTime: number): Uint8Array {
  return record([double(1, wallTime), bytes(3, 'brain.Event:2')]);
}

/**
 * Numbers of one step.
 * @param step a whole number from 0 up to 2^53 - 1
 * @param wallTime in seconds since 1970
 * @param values by tag; a `/` in a tag begins a group
 */
export function scalars(
  step: number,
  wallTime: number,
  values: Readonly<Record<string, number>>,
): Uint8Array {
  return event(
    step,
    wallTime,
    Object.entries(values).map(([tag, value]) => [bytes(1, tag), float(2, value)].flat()),
  );
}

/**
 * Texts of one step, shown as they are: TensorBoard reads Markdown, where four spaces in front of a line mean just that.
 * @param step a whole number from 0 up to 2^53 - 1
 * @param wallTime in seconds since 1970
 * @param values by tag
 */
export function texts(step: number, wallTime: number, values: Readonly<Record<string, string>>): Uint8Array {
  const metadata = bytes(9, bytes(1, bytes(1, 'text')));
  const shape = bytes(2, bytes(2, varint(1, 1)));
  return event(
    step,
    wallTime,
    Object.entries(values).map(([tag, text]) => {
      const tensor = [varint(1, DT_STRING), shape, bytes(8, text.replace(/^/gm, '    '))].flat();
      return [bytes(1, tag), metadata, bytes(8, tensor)].flat();
    }),
  );
}

const DT_STRING = 7;

function event(step: number, wallTime: number, values: readonly (readonly number[])[]): Uint8Array {
  const summary = values.flatMap((value) => bytes(1, value));
  return record([double(1, wallTime), varint(2, step), bytes(5, summary)]);
}

/** Length, its checksum, data, its checksum; all little-endian. */
function record(fields: readonly (readonly number[])[]): Uint8Array {
  const data = fields.flat();
  const out = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(out.subarray(12, 12 + data.length)), true);
  return out;
}

/** Masked, so that a checksum of data that holds checksums stays one (tensorflow/core/lib/hash/crc32c.h). */
function maskedCrc(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Wire type 0: a whole number, seven bits a byte, the lowest first. By division: shifts know 32 bits only. */
function varint(field: number, value: number): number[] {
  return [field << 3, ...base128(value)];
}

function base128(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  out.push(rest);
  return out;
}

/** Wire type 1. */
function double(field: number, value: number): number[] {
  return [(field << 3) | 1, ...new Uint8Array(Float64Array.of(value).buffer)];
}

/** Wire type 2: bytes, text, or a message within this one. */
function bytes(field: number, value: string | readonly number[]): number[] {
  const content = typeof value === 'string' ? [...new TextEncoder().encode(value)] : value;
  return [(field << 3) | 2, ...base128(content.length), ...content];
}

/** Wire type 5. */
function float(field: number, value: number): number[] {
  return [(field << 3) | 5, ...new Uint8Array(Float32Array.of(value).buffer)];
}
