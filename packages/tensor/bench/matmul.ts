/** The speed of the reference's f32 matrix product on one core, for the shapes of the book's model. */
import { type Backend, Random, ReferenceBackend, randn, type Tensor, zeros } from '@unroll/tensor';

const ROUNDS = 7;
/** So long that one round is far above the resolution of the clock. */
const MILLISECONDS = 150;

interface Product {
  readonly what: string;
  readonly out: Tensor;
  readonly a: Tensor;
  readonly b: Tensor;
}

/** N 20, T 35, D = H = 100, V 10,000 */
function products(backend: Backend): Product[] {
  const random = new Random(0);
  const matrix = (rows: number, cols: number) => randn(backend, [rows, cols], random);
  const out = (rows: number, cols: number) => zeros(backend, [rows, cols]);
  return [
    { what: 'xs @ Wx, all steps', out: out(700, 400), a: matrix(700, 100), b: matrix(100, 400) },
    { what: 'h @ Wh, one step', out: out(20, 400), a: matrix(20, 100), b: matrix(100, 400) },
    { what: 'hs @ W, scores', out: out(700, 10000), a: matrix(700, 100), b: matrix(100, 10000) },
    { what: 'hs.T @ dscores, dW', out: out(100, 10000), a: matrix(700, 100).T, b: matrix(700, 10000) },
    { what: 'dscores @ W.T, dhs', out: out(700, 100), a: matrix(700, 10000), b: matrix(100, 10000).T },
    { what: '256 cubed', out: out(256, 256), a: matrix(256, 256), b: matrix(256, 256) },
  ];
}

/** GFLOP/s of each round. */
function measure(backend: Backend, { out, a, b }: Product): number[] {
  const run = (times: number) => {
    const start = performance.now();
    for (let i = 0; i < times; i++) backend.matmul(out, a, b);
    return performance.now() - start;
  };
  run(2); // until it is compiled
  const times = Math.max(1, Math.round(MILLISECONDS / run(1)));
  const flops = 2 * a.rows * a.cols * b.cols * times;
  return Array.from({ length: ROUNDS }, () => flops / run(times) / 1e6).sort((x, y) => x - y);
}

function line(what: string, shapes: string, median: string, best: string): string {
  return what.padEnd(20) + shapes.padEnd(28) + median.padStart(8) + best.padStart(8);
}

const backend = new ReferenceBackend();
console.log(`GFLOP/s of the f32 matrix product, ${backend.name} backend, one core, ${ROUNDS} rounds\n`);
console.log(line('product', 'shapes', 'median', 'best'));
for (const product of products(backend)) {
  const { what, a, b } = product;
  const speeds = measure(backend, product);
  const [median, best] = [speeds[Math.floor(ROUNDS / 2)], speeds[ROUNDS - 1]];
  const shapes = `(${a.rows}, ${a.cols}) x (${b.rows}, ${b.cols})`;
  console.log(line(what, shapes, median.toFixed(2), best.toFixed(2)));
}
