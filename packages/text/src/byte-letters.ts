/**
 * The letters in which GPT-2 (Radford et al. 2019) and the tools after it write bytes, so that every token is readable
 * text: a printable byte is the character with its number, those left over are the characters from U+0100 on. A space is
 * `Ġ`, a newline `Ċ`.
 */
export const byteLetters: readonly string[] = /* @__PURE__ */ lettersOfBytes();

const bytesByLetter: ReadonlyMap<string, number> = /* @__PURE__ */ bytesOfEachLetter();

function lettersOfBytes(): string[] {
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(isPrintable(byte) ? byte : 0x100 + others++),
  );
}

function bytesOfEachLetter(): Map<string, number> {
  return new Map(byteLetters.map((letter, byte) => [letter, byte]));
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
}

/** The bytes that letters stand for, or undefined if one of them is no such letter. */
export function bytesOfLetters(letters: string): Uint8Array | undefined {
  const bytes = new Uint8Array(letters.length); // Every letter is one UTF-16 unit.
  for (let i = 0; i < letters.length; i++) {
    const byte = bytesByLetter.get(letters[i]);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
