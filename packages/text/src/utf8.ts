// Node and browsers have these alike. Declared here, they need the types of neither in the packages that stand on this one.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new (label: 'utf-8', options: { ignoreBOM: true }) => Utf8Decoder;

/** Decodes bytes that come in parts; those of which no character can be made become U+FFFD. */
export interface Utf8Decoder {
  decode(bytes?: Uint8Array, options?: { stream: true }): string;
}

export function createUtf8Decoder(): Utf8Decoder {
  return new TextDecoder('utf-8', { ignoreBOM: true });
}

export function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
