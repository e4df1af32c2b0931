/** Times the matrix products of the book's two models on one backend: prints JSON, GFLOP/s by product. */
import { Random, randn, zeros } from '@unroll/tensor';
import { makeBackend, median, type Ours } from './ours.ts';

/** [name, M, K, N, what is transposed]: out (M, N) = a (M, K) @ b (K, N). Only the weights of a time step stay the same meanwhile. */
const products: readonly (readonly [string, number, number, number, '' | 'a' | 'b'])[] = [
  ['Rnnlm: scores = hs @ W', 700, 100, 10_000, ''],
  ['Rnnlm: dhs = dscores @ W.T', 700, 10_000, 100, 'b'],
  ['Rnnlm: dW = hs.T @ dscores', 100, 700, 10_000, 'a'],
  ['Rnnlm: gates = xs @ Wx', 700, 100, 400, ''],
  ['Rnnlm: one step, h @ Wh', 20, 100, 400, ''],
  ['Rnnlm: one word, h @ Wh', 1, 100, 400, ''],
  ['BetterRnnlm: scores = hs @ W.T', 700, 650, 10_000, 'b'],
  ['BetterRnnlm: dhs = dscores @ W', 700, 10_000, 650, ''],
  ['BetterRnnlm: dW = dscores.T @ hs', 10_000, 700, 650, 'a'],
  ['BetterRnnlm: gates = xs @ Wx', 700, 650, 2600, ''],
  ['BetterRnnlm: one step, h @ Wh', 20, 650, 2600, ''],
  ['BetterRnnlm: one word, h @ Wh', 1, 650, 2600, ''],
  ['700 x 700 x 700', 700, 700, 700, ''],
];

const backend = await makeBackend(JSON.parse(process.argv[2]) as Ours);
const random = new Random(1);
const rates: Record<string, number> = {};
for (const [name, M, K, N, transposed] of products) {
  const a = transposed === 'a' ? randn(backend, [K, M], random).T : randn(backend, [M, K], random);
  const b = transposed === 'b' ? randn(backend, [N, K], random).T : randn(backend, [K, N], random);
  const out = zeros(backend, [M, N]);
  const flops = 2 * M * K * N;
  const stays = name.includes('one step') || name.includes('one word');
  // So many at a time that the clock is no matter.
  const repeats = stays ? Math.max(1, Math.round(2e7 / flops)) : 1;
  const times: number[] = [];
  const end = performance.now() + (backend.name === 'reference' ? 1500 : 600);
  while (times.length < 3 || performance.now() < end) {
    if (!stays) backend.scale(b.transposed ? b.T : b, 1);
    const start = performance.now();
    for (let i = 0; i < repeats; i++) backend.matmul(out, a, b);
    await out.at(0).read();
    times.push((performance.now() - start) / repeats);
  }
  rates[name] = flops / median(times) / 1e6;
  for (const tensor of [a, b, out]) tensor.dispose();
}
console.log(JSON.stringify(rates));
backend.dispose();
