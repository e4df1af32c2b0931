import { joined } from './mutate-bytes.ts';
import { utf8 } from './utf8.ts';

/** Several files as one input: a line with their lengths, -1 for one that is missing, and then their bytes. */
export function packFrames(files: readonly (Uint8Array | undefined)[]): Uint8Array {
  const lengths = files.map((file) => file?.length ?? -1);
  return joined(utf8(`${lengths.join(' ')}\n`), ...files.filter((file) => file !== undefined));
}

export function unpackFrames(input: Uint8Array): (Uint8Array | undefined)[] {
  const start = input.indexOf(10) + 1;
  const lengths = new TextDecoder().decode(input.subarray(0, start)).trim().split(' ').map(Number);
  let at = start;
  return lengths.map((length) => {
    if (!(length >= 0)) return undefined;
    at += length;
    return input.slice(at - length, at);
  });
}
