import { chooseBackend } from '@unroll/backend';
import { AdamW, clipGrads, zeroGrads } from '@unroll/optimizers';
import { createModel } from '@unroll/rnnlm';
import { Memory, zeros } from '@unroll/tensor';

const { backend } = await chooseBackend({ backend: 'auto' });
const V = Number(process.env.V ?? 10000);
for (const line of process.argv.slice(2)) {
  const { N = 20, T = 35, ...config } = JSON.parse(line);
  const model = createModel({ model: 'stacked-rnnlm', vocabSize: V, ...config }, { backend, seed: 1 });
  const xs = zeros(backend, [N, T], 'i32'),
    ts = zeros(backend, [N, T], 'i32');
  const ids = Array.from({ length: N * T }, (_, i) => (i * 7919) % V);
  xs.write(ids);
  ts.write(ids.map((i) => (i + 1) % V));
  const memory = new Memory(),
    opt = new AdamW({ lr: 1e-3 });
  const times: number[] = [];
  for (let s = 0; s < 12; s++) {
    const a = performance.now();
    zeroGrads(model.params);
    const loss = model.forward(xs, ts);
    model.backward();
    clipGrads(model.params, 1, memory);
    opt.update(model.params);
    await loss.read();
    times.push(performance.now() - a);
  }
  const ms = times.slice(2).sort((a, b) => a - b)[5];
  const params = model.params.reduce((s, p) => s + p.value.size, 0);
  const tps = (N * T * 1000) / ms;
  console.log(
    `${ms.toFixed(0).padStart(5)} ms ${tps.toFixed(0).padStart(6)} tok/s ${(929589 / tps).toFixed(0).padStart(5)} s/epoch ${((3500 * tps) / 929589).toFixed(1).padStart(5)} epochs/h ${(params / 1e6).toFixed(1)}M  ${line}`,
  );
  model.dispose();
  memory.dispose();
  opt.dispose();
  xs.dispose();
  ts.dispose();
}
backend.dispose();
