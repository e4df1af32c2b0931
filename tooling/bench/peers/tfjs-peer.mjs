// The language models in TensorFlow.js, on its cpu or its wasm backend.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from './measure.mjs';

const { variant } = JSON.parse(readFileSync(process.argv[2], 'utf8'));

await run(`tfjs-${variant}`, '@tensorflow/tfjs', async () => {
  const { default: tf } = await import('@tensorflow/tfjs');
  const wasm = variant === 'wasm';
  if (wasm) {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(fileURLToPath(new URL('node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url)));
  }
  if (!(await tf.setBackend(variant))) throw new Error(`there is no backend ${variant}`);

  return ({ model, N, T, H, V, lr, maxNorm }, tensors) => {
    const tied = model === 'better-rnnlm';
    const params = Object.fromEntries(
      Object.entries(tensors).map(([name, { shape, values }]) => [
        name,
        tf.variable(tf.tensor(values, shape), true, name),
      ]),
    );
    const embedW = params['embed.W'];
    const lstms = (tied ? ['lstm1', 'lstm2'] : ['lstm']).map((name) =>
      ['Wx', 'Wh', 'b'].map((part) => params[`${name}.${part}`]),
    );
    let states = lstms.map(() => [tf.zeros([N, H]), tf.zeros([N, H])]);
    const optimizer = tf.train.sgd(lr);

    /** Takes xs (N * T, D), and returns hs (N * T, H) and the last state. */
    function lstm([Wx, Wh, b], [h, c], xs) {
      const As = tf.unstack(
        xs
          .matMul(Wx)
          .add(b)
          .reshape([N, T, 4 * H]),
        1,
      );
      const hs = As.map((A) => {
        const [f, g, i, o] = tf.split(h.matMul(Wh).add(A), 4, 1);
        c = f.sigmoid().mul(c).add(g.tanh().mul(i.sigmoid()));
        h = o.sigmoid().mul(c.tanh());
        return h;
      });
      return [tf.stack(hs, 1).reshape([N * T, H]), [h, c]];
    }

    function lossOf(xs, ts) {
      // The gradient of a gather has no kernel on wasm; this product is the same.
      let x = wasm ? tf.oneHot(xs, V).toFloat().matMul(embedW) : tf.gather(embedW, xs);
      const after = [];
      for (const [index, params] of lstms.entries()) {
        const [hs, state] = lstm(params, states[index], x);
        x = hs;
        after.push(state.map((tensor) => tf.keep(tensor.clone())));
      }
      tf.dispose(states);
      states = after;
      const scores = tied ? x.matMul(embedW, false, true) : x.matMul(params['affine.W']);
      return tf.losses.softmaxCrossEntropy(tf.oneHot(ts, V), scores.add(params['affine.b']));
    }

    return (xs, ts) =>
      tf.tidy(() => {
        const ids = (values) => tf.tensor1d(values, 'int32');
        const { value, grads } = tf.variableGrads(() => lossOf(ids(xs), ids(ts)));
        const norm = tf.addN(Object.values(grads).map((grad) => grad.square().sum())).sqrt();
        const rate = tf.minimum(tf.div(maxNorm, norm.add(1e-6)), 1);
        for (const name of Object.keys(grads)) grads[name] = grads[name].mul(rate);
        optimizer.applyGradients(grads);
        return value.dataSync()[0];
      });
  };
});
