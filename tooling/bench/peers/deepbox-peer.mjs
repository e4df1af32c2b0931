// The language models in deepbox, with its own layers.
import { run } from './measure.mjs';

await run('deepbox', 'deepbox', async () => {
  const { GradTensor, parameter, tensor, zeros } = await import('deepbox/ndarray');
  const { clipGradNorm_, crossEntropyLoss, Linear, LSTM } = await import('deepbox/nn');
  const { SGD } = await import('deepbox/optim');

  /** (rows, columns) to (columns, rows), its columns in blocks of H in another order. */
  const transposed = ({ shape: [rows, columns], values }, H = columns, order = [0]) =>
    Float32Array.from({ length: values.length }, (_, index) => {
      const column = Math.floor(index / rows);
      return values[(index % rows) * columns + order[Math.floor(column / H)] * H + (column % H)];
    });

  // From this order of gates, f g i o, to that of deepbox, i f g o.
  const order = [2, 0, 1, 3];

  function makeLstm(tensors, name) {
    const [Wx, Wh, b] = ['Wx', 'Wh', 'b'].map((part) => tensors[`${name}.${part}`]);
    const [H] = Wh.shape;
    const lstm = new LSTM(Wx.shape[0], H);
    const params = Object.fromEntries(lstm.namedParameters());
    params.weight_ih_l0.data.set(transposed(Wx, H, order));
    params.weight_hh_l0.data.set(transposed(Wh, H, order));
    params.bias_ih_l0.data.set(transposed({ shape: [1, 4 * H], values: b.values }, H, order));
    params.bias_hh_l0.data.fill(0);
    params.bias_hh_l0.setRequiresGrad(false); // one bias is trained, as in the book
    return lstm;
  }

  return ({ model, N, T, D, H, V, lr, maxNorm }, tensors) => {
    const tied = model === 'better-rnnlm';
    // Not its Embedding: that one's gradient is float64, and does not add to the float32 of the others.
    const embedW = parameter(tensor(tensors['embed.W'].values).reshape([V, D]));
    const lstms = (tied ? ['lstm1', 'lstm2'] : ['lstm']).map((name) => makeLstm(tensors, name));
    const affine = new Linear(H, V);
    const { weight, bias } = Object.fromEntries(affine.namedParameters());
    bias.data.set(tensors['affine.b'].values);
    if (!tied) weight.data.set(transposed(tensors['affine.W']));
    const scores = tied ? (h) => h.matmul(embedW.transpose()).add(bias) : (h) => affine.forward(h);
    const params = [
      embedW,
      ...lstms.flatMap((lstm) => [...lstm.parameters()]),
      bias,
      ...(tied ? [] : [weight]),
    ].filter(({ requiresGrad }) => requiresGrad);
    const optimizer = new SGD(params, { lr });
    const states = lstms.map(() => [zeros([1, N, H]), zeros([1, N, H])]);

    const ids = (values) =>
      GradTensor.fromTensor(tensor(values, { dtype: 'int32' }), { requiresGrad: false });

    return (xs, ts) => {
      optimizer.zeroGrad();
      let x = embedW.gather(ids(xs), 0).reshape([N, T, D]);
      for (const [index, lstm] of lstms.entries()) {
        const [output, [h, c]] = lstm.forwardWithState(x, ...states[index]);
        states[index] = [h.detach(), c.detach()];
        x = output;
      }
      const loss = crossEntropyLoss(scores(x.reshape([N * T, H])), ids(ts));
      loss.backward();
      clipGradNorm_(params, maxNorm);
      optimizer.step();
      return Number(loss.at());
    };
  };
});
