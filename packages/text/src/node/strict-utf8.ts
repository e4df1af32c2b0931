/** What keeps bytes from being text, as the end of a sentence that begins with the file's name. */
export class NotText extends Error {}

/** Decodes the bytes of a text as they come; a byte order mark is left out. */
export class StrictUtf8 {
  /** What came but cannot be decoded before more comes: the first bytes of a character, or of the text. */
  #rest: Uint8Array = new Uint8Array(0);
  /** Of the first byte of the rest, in the whole text. */
  #offset = 0;
  #isAtStart = true;
  #isEmpty = true;

  /** @throws {NotText} with the offset of the first byte that is not UTF-8 */
  add(bytes: Uint8Array): string {
    const all = this.#rest.length > 0 ? joined(this.#rest, bytes) : bytes;
    if (this.#isAtStart && all.length < 3) {
      this.#rest = all.slice();
      return '';
    }
    return this.#decode(all, all.length - lengthOfUnfinished(all));
  }

  /** @throws {NotText} if the text is empty, or ends within a character */
  end(): string {
    const text = this.#decode(this.#rest, this.#rest.length);
    if (this.#isEmpty)
      throw new NotText(this.#offset === 0 ? 'is empty' : 'is empty but for a byte order mark');
    return text;
  }

  #decode(bytes: Uint8Array, end: number): string {
    const start = this.#isAtStart ? lengthOfMark(bytes) : 0;
    const zero = bytes.indexOf(0);
    if (zero >= 0)
      throw new NotText(`is a binary file, not text (NUL byte at offset ${this.#offset + zero})`);
    const whole = bytes.subarray(start, end);
    const text = this.#tryDecode(whole, this.#offset + start);
    this.#rest = bytes.slice(end);
    this.#offset += end;
    this.#isAtStart = false;
    this.#isEmpty &&= text === '';
    return text;
  }

  #tryDecode(bytes: Uint8Array, offset: number): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      const bad = firstBadByte(bytes);
      const byte = `0x${bytes[bad].toString(16).toUpperCase().padStart(2, '0')}`;
      throw new NotText(`is not valid UTF-8 (byte ${byte} at offset ${offset + bad}); save it as UTF-8`);
    }
  }
}

/** The length of the byte order mark with which the bytes begin. */
function lengthOfMark(bytes: Uint8Array): number {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new NotText('is UTF-16, not UTF-8 (it begins with the UTF-16 byte order mark); save it as UTF-8');
  }
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** How many bytes at the end are the beginning of a character that goes on. */
function lengthOfUnfinished(bytes: Uint8Array): number {
  for (let length = 1; length <= 3; length++) {
    const byte = bytes[bytes.length - length];
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > length ? length : 0;
  }
  return 0;
}

/**
 * Where the first sequence begins that is not UTF-8. A forgiving decoder puts U+FFFD in its place, so that encoding the
 * result again gives the same bytes up to there.
 */
function firstBadByte(bytes: Uint8Array): number {
  const repaired = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  let offset = repaired.findIndex((byte, i) => byte !== bytes[i]);
  // The first bytes of U+FFFD (EF BF BD) may happen to be those of the bad sequence: back to its lead byte.
  while ((repaired[offset] & 0xc0) === 0x80) offset--;
  return offset;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
