const MOST_AXES = 8;

/** `(20, 35, 64)`; a scalar is `()`. */
export function formatShape(shape: readonly number[]): string {
  return `(${shape.slice(0, MOST_AXES).join(', ')}${shape.length > MOST_AXES ? ', …' : ''})`;
}
