/**
 * The text of a file's bytes, without a byte order mark, or what keeps them from being text, as the end of a sentence
 * that begins with the file's name.
 */
export function decodeText(bytes: Uint8Array): { text: string } | { problem: string } {
  if (bytes.length === 0) return { problem: 'is empty' };
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { problem: 'is UTF-16, not UTF-8 (it begins with the UTF-16 byte order mark); save it as UTF-8' };
  }
  const zero = bytes.indexOf(0);
  if (zero >= 0) return { problem: `is a binary file, not text (NUL byte at offset ${zero})` };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text === '' ? { problem: 'is empty but for a byte order mark' } : { text };
  } catch {
    const offset = firstBadByte(bytes);
    const byte = `0x${bytes[offset].toString(16).toUpperCase().padStart(2, '0')}`;
    return { problem: `is not valid UTF-8 (byte ${byte} at offset ${offset}); save it as UTF-8` };
  }
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
