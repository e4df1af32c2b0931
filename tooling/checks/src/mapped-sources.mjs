const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * The sources from which something is left: a source map also names those of which nothing is.
 * @param {string} text a source map (ECMA-426)
 * @returns {string[]} paths as the map has them
 */
export function mappedSources(text) {
  const { sources, mappings } = JSON.parse(text);
  const mapped = new Set();
  let source = 0;
  for (const segment of mappings.split(/[,;]/)) {
    const fields = decodeVlq(segment);
    if (fields.length < 4) continue;
    source += fields[1];
    mapped.add(sources[source]);
  }
  return [...mapped];
}

/** Base64 digits of five bits and a flag that more follow; the lowest bit of a number is its sign. */
function decodeVlq(segment) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = digits.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}
