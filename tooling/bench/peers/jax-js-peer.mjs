// The language models in jax-js: one jitted function for the whole step.
import { run } from './measure.mjs';

await run('jax-js', '@jax-js/jax', async () => {
  const { defaultDevice, init, jit, nn, numpy: np, tree, valueAndGrad } = await import('@jax-js/jax');
  await init();
  defaultDevice('wasm');

  return ({ model, N, T, H, V, lr, maxNorm }, tensors) => {
    const tied = model === 'better-rnnlm';
    const names = tied ? ['lstm1', 'lstm2'] : ['lstm'];

    /** Takes xs (N, T, D), and returns hs (N, T, H) and the last state. */
    function lstm(Wx, Wh, b, [h, c], xs) {
      const As = np.split(np.matmul(xs, Wx).add(b), T, 1); // T of (N, 1, 4H)
      const hs = [];
      for (const A of As) {
        const [f, g, i, o] = np.split(np.matmul(h, Wh.ref).add(A.reshape([N, 4 * H])), 4, 1);
        c = nn
          .sigmoid(f)
          .mul(c)
          .add(np.tanh(g).mul(nn.sigmoid(i)));
        h = nn.sigmoid(o).mul(np.tanh(c.ref));
        hs.push(h.ref);
      }
      Wh.dispose();
      return [np.stack(hs, 1), [h, c]];
    }

    function lossOf(params, states, xs, ts) {
      const { 'embed.W': embedW, 'affine.W': affineW, 'affine.b': affineB } = params;
      // Its jit refuses the gradient of a take; this product is the same.
      let x = np.matmul(nn.oneHot(xs, V), tied ? embedW.ref : embedW);
      const after = [];
      for (const [index, name] of names.entries()) {
        const [Wx, Wh, b] = ['Wx', 'Wh', 'b'].map((part) => params[`${name}.${part}`]);
        const [hs, state] = lstm(Wx, Wh, b, states[index], x);
        x = hs;
        after.push(state);
      }
      const scores = np.matmul(x.reshape([N * T, H]), tied ? embedW.transpose() : affineW).add(affineB);
      const logs = nn.logSoftmax(scores, 1).mul(nn.oneHot(ts.reshape([N * T]), V));
      return [logs.sum().mul(-1 / (N * T)), after];
    }

    const step = jit((params, states, xs, ts) => {
      const [[loss, after], grads] = valueAndGrad(lossOf, { hasAux: true })(tree.ref(params), states, xs, ts);
      const squares = tree.leaves(tree.ref(grads)).map((grad) => np.square(grad).sum());
      const norm = np.sqrt(squares.reduce((sum, square) => sum.add(square)));
      const rate = np.minimum(np.array(maxNorm).div(norm.add(1e-6)), 1).mul(lr);
      const updated = tree.map((param, grad) => param.sub(grad.mul(rate.ref)), params, grads);
      rate.dispose();
      return [updated, after, loss];
    });

    let params = Object.fromEntries(
      Object.entries(tensors).map(([name, { shape, values }]) => [name, np.array(values).reshape(shape)]),
    );
    let states = names.map(() => [np.zeros([N, H]), np.zeros([N, H])]);
    const ids = (values) => np.array(values, { dtype: np.int32 }).reshape([N, T]);

    return async (xs, ts) => {
      let loss;
      [params, states, loss] = step(params, states, ids(xs), ids(ts));
      for (const leaf of tree.leaves(params)) await leaf.blockUntilReady();
      return (await loss.data())[0];
    };
  };
});
