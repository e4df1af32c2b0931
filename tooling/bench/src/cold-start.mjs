/** From nothing to a first training step, as a program that someone starts: prints the milliseconds since the process began. */
const imported = performance.now();
const { Rnnlm } = await import('@unroll/rnnlm');
const { WasmBackend } = await import('@unroll/tensor-wasm');
const { clipGrads, SGD, zeroGrads } = await import('@unroll/optimizers');
const { Memory, Random, zeros } = await import('@unroll/tensor');
const loaded = performance.now();
const backend = await WasmBackend.create();
const created = performance.now();
const [N, T, V] = [20, 35, 10_000];
const model = new Rnnlm({ backend, vocabSize: V, wordvecSize: 100, hiddenSize: 100, seed: 1 });
const built = performance.now();
const random = new Random(2);
const [xs, ts] = [0, 1].map(() => zeros(backend, [N, T], 'i32'));
for (const ids of [xs, ts]) ids.write(Int32Array.from({ length: N * T }, () => random.integer(V)));
zeroGrads(model.params);
const loss = model.forward(xs, ts);
model.backward();
clipGrads(model.params, 0.25, new Memory());
new SGD({ lr: 20 }).update(model.params);
await loss.item();
const stepped = performance.now();
// Where the process began, on the clock of whoever started it.
const began = performance.timeOrigin;
console.log(JSON.stringify({ imported, loaded, created, built, stepped, began }));
backend.dispose();
