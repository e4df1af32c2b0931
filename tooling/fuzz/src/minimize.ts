/** Leaves out of an input, piece by piece, whatever is not needed for it to fail. */
export async function minimize(
  input: Uint8Array,
  fails: (candidate: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let smallest = input;
  for (let size = Math.ceil(smallest.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < smallest.length; ) {
      const candidate = new Uint8Array([...smallest.subarray(0, at), ...smallest.subarray(at + size)]);
      if (candidate.length < smallest.length && (await fails(candidate))) smallest = candidate;
      else at += size;
    }
  }
  return smallest;
}
