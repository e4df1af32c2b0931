import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';
import { evaluationTags, stepTags } from './tags.ts';
import { fileHeader, scalars, texts } from './tensorboard.ts';

type Message = Map<number, (bigint | Uint8Array)[]>;

/** Every record of a file, after both of its checksums were held against what they are of. */
function readRecords(file: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length; ) {
    const view = new DataView(file.buffer, file.byteOffset + at);
    const length = Number(view.getBigUint64(0, true));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(unmask(view.getUint32(8, true))).toBe(crc32c(file.subarray(at, at + 8)));
    expect(unmask(view.getUint32(12 + length, true))).toBe(crc32c(data));
    records.push(data);
    at += 12 + length + 4;
  }
  return records;
}

function unmask(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}

/** The fields of a protobuf message, undecoded: whole numbers, or the bytes of anything else. */
function readMessage(bytes: Uint8Array): Message {
  const fields: Message = new Map();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(bytes[at++]);
      value |= (byte & 127n) << shift;
      if (byte < 128n) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const wire = key & 7;
    let value: bigint | Uint8Array;
    if (wire === 0) value = varint();
    else {
      const length = wire === 2 ? Number(varint()) : wire === 1 ? 8 : 4;
      value = Uint8Array.from(bytes.subarray(at, at + length));
      at += length;
    }
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  expect(at).toBe(bytes.length);
  return fields;
}

const all = (message: Message, field: number): Uint8Array[] => message.get(field) as Uint8Array[];
const one = (message: Message, field: number): Uint8Array => all(message, field)[0];
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const double = (bytes: Uint8Array): number => new DataView(bytes.buffer).getFloat64(0, true);
const float = (bytes: Uint8Array): number => new DataView(bytes.buffer).getFloat32(0, true);

function readScalars(record: Uint8Array): Record<string, number> {
  const values = all(readMessage(one(readMessage(record), 5)), 1).map(readMessage);
  return Object.fromEntries(values.map((value) => [text(one(value, 1)), float(one(value, 2))]));
}

describe("TensorBoard's records", () => {
  it('begin with the version and the time', () => {
    const [record, ...others] = readRecords(fileHeader(1_700_000_000.25));
    expect(others).toEqual([]);
    expect(text(one(readMessage(record), 3))).toBe('brain.Event:2');
    expect(double(one(readMessage(record), 1))).toBe(1_700_000_000.25);
  });

  it('hold each number under its tag', () => {
    const step = { loss: 1.5, perplexity: 4.25, lr: 20, gradNorm: 0.125, tokensPerSecond: 50_000 };
    const [record] = readRecords(scalars(7, 12.5, stepTags(step)));
    expect(readMessage(record).get(2)).toEqual([7n]);
    expect(double(one(readMessage(record), 1))).toBe(12.5);
    expect(readScalars(record)).toEqual({
      'loss/train': 1.5,
      'perplexity/train': 4.25,
      learning_rate: 20,
      gradient_norm: 0.125,
      tokens_per_second: 50_000,
    });
    const [evaluation] = readRecords(scalars(7, 12.5, evaluationTags({ loss: 2, perplexity: 7.5 })));
    expect(readScalars(evaluation)).toEqual({ 'loss/validation': 2, 'perplexity/validation': 7.5 });
  });

  it.each([0, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40 + 3, Number.MAX_SAFE_INTEGER])(
    'keep the step %d whole',
    (step) => {
      const [record] = readRecords(scalars(step, 0, { a: 1 }));
      expect(readMessage(record).get(2)).toEqual([BigInt(step)]);
    },
  );

  it('keep numbers that are none', () => {
    const values = { a: Number.NaN, b: Number.POSITIVE_INFINITY };
    expect(readScalars(readRecords(scalars(1, 0, values))[0])).toEqual(values);
  });

  it('hold texts for the text plugin, as one string that Markdown leaves alone', () => {
    const sample = 'ROMEO:\n# no heading, “naïve”';
    const [record] = readRecords(texts(3, 0, { sample }));
    const value = readMessage(one(readMessage(one(readMessage(record), 5)), 1));
    expect(text(one(value, 1))).toBe('sample');
    const plugin = readMessage(one(readMessage(one(value, 9)), 1));
    expect(text(one(plugin, 1))).toBe('text');
    const tensor = readMessage(one(value, 8));
    expect(tensor.get(1)).toEqual([7n]);
    expect(readMessage(one(readMessage(one(tensor, 2)), 2)).get(1)).toEqual([1n]);
    expect(text(one(tensor, 8))).toBe('    ROMEO:\n    # no heading, “naïve”');
  });

  it('can be cut at the end of any record and gone on with', () => {
    const parts = [fileHeader(0), scalars(1, 0, { a: 1 }), scalars(2, 0, { a: 2 }), scalars(3, 0, { a: 3 })];
    const cut = Buffer.concat([...parts.slice(0, 3), scalars(3, 9, { a: 30 })]);
    expect(readRecords(cut).slice(1).map(readScalars)).toEqual([{ a: 1 }, { a: 2 }, { a: 30 }]);
  });
});
