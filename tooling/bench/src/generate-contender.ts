/** Lets a Rnnlm of the book's size write, one stream: prints JSON, tokens a second, drawing included. */
import { generate, Rnnlm } from '@unroll/rnnlm';
import { Random } from '@unroll/tensor';
import { makeBackend, median, type Ours } from './ours.ts';

const backend = await makeBackend(JSON.parse(process.argv[2]) as Ours);
const model = new Rnnlm({ backend, seed: 1 });
const rates: number[] = [];
for (let round = 0; round < 6; round++) {
  const sampleSize = backend.name === 'reference' ? 60 : 600;
  const start = performance.now();
  const random = new Random(1);
  for await (const _ of generate(model, { prompt: [1], sampleSize, random, temperature: 1 }));
  if (round > 0) rates.push((sampleSize / (performance.now() - start)) * 1000);
}
console.log(JSON.stringify(median(rates)));
backend.dispose();
