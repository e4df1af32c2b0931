/** A safetensors file made by hand: the header as text (or bytes, or a value for JSON) and the data behind it. */
export function makeFile(header: string | Uint8Array | object, data: ArrayLike<number> = []): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const encoded = header instanceof Uint8Array ? header : new TextEncoder().encode(text);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, encoded.length, true);
  const file = new Uint8Array(8 + encoded.length + data.length);
  file.set(length);
  file.set(encoded, 8);
  file.set(data, 8 + encoded.length);
  return file;
}
