"""The language models in plain NumPy, built as in Deep Learning from Scratch 2, chapters 5 and 6: a layer object for each time step."""

import os

import measure

config = measure.begin('numpy')

import numpy as np  # noqa: E402


class Embedding:
    def __init__(self, W):
        self.params, self.grads = [W], [np.zeros_like(W)]

    def forward(self, ids):
        self.ids = ids
        return self.params[0][ids]

    def backward(self, dout):
        (dW,) = self.grads
        dW[...] = 0
        np.add.at(dW, self.ids, dout)


class TimeEmbedding:
    def __init__(self, W):
        self.params, self.grads = [W], [np.zeros_like(W)]

    def forward(self, xs):
        N, T = xs.shape
        (W,) = self.params
        out = np.empty((N, T, W.shape[1]), np.float32)
        self.layers = []
        for t in range(T):
            layer = Embedding(W)
            out[:, t] = layer.forward(xs[:, t])
            self.layers.append(layer)
        return out

    def backward(self, dout):
        grad = 0
        for t, layer in enumerate(self.layers):
            layer.backward(dout[:, t])
            grad += layer.grads[0]
        self.grads[0][...] = grad


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class LSTM:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]

    def forward(self, x, h_prev, c_prev):
        Wx, Wh, b = self.params
        H = h_prev.shape[1]
        A = np.dot(x, Wx) + np.dot(h_prev, Wh) + b
        f = sigmoid(A[:, :H])
        g = np.tanh(A[:, H : 2 * H])
        i = sigmoid(A[:, 2 * H : 3 * H])
        o = sigmoid(A[:, 3 * H :])
        c = f * c_prev + g * i
        h = o * np.tanh(c)
        self.cache = (x, h_prev, c_prev, f, g, i, o, c)
        return h, c

    def backward(self, dh, dc):
        Wx, Wh, _ = self.params
        x, h_prev, c_prev, f, g, i, o, c = self.cache
        tanh_c = np.tanh(c)
        dc = dc + dh * o * (1 - tanh_c**2)
        df = dc * c_prev * f * (1 - f)
        dg = dc * i * (1 - g**2)
        di = dc * g * i * (1 - i)
        do = dh * tanh_c * o * (1 - o)
        dA = np.hstack((df, dg, di, do))
        self.grads[0][...] = np.dot(x.T, dA)
        self.grads[1][...] = np.dot(h_prev.T, dA)
        self.grads[2][...] = dA.sum(axis=0)
        return np.dot(dA, Wx.T), np.dot(dA, Wh.T), dc * f


class TimeLSTM:
    """Stateful: h and c go on from one block to the next, the gradient does not."""

    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]
        self.h = self.c = None

    def forward(self, xs):
        N, T, _ = xs.shape
        H = self.params[1].shape[0]
        if self.h is None:
            self.h = np.zeros((N, H), np.float32)
            self.c = np.zeros((N, H), np.float32)
        hs = np.empty((N, T, H), np.float32)
        self.layers = []
        for t in range(T):
            layer = LSTM(*self.params)
            self.h, self.c = layer.forward(xs[:, t], self.h, self.c)
            hs[:, t] = self.h
            self.layers.append(layer)
        return hs

    def backward(self, dhs):
        N, T, _ = dhs.shape
        dxs = np.empty((N, T, self.params[0].shape[0]), np.float32)
        dh, dc = 0, 0
        grads = [0, 0, 0]
        for t in reversed(range(T)):
            layer = self.layers[t]
            dx, dh, dc = layer.backward(dhs[:, t] + dh, dc)
            dxs[:, t] = dx
            for k, grad in enumerate(layer.grads):
                grads[k] += grad
        for k, grad in enumerate(grads):
            self.grads[k][...] = grad
        return dxs


class TimeAffine:
    def __init__(self, W, b):
        self.params = [W, b]
        self.grads = [np.zeros_like(W), np.zeros_like(b)]

    def forward(self, x):
        W, b = self.params
        N, T, _ = x.shape
        self.x = x
        return (np.dot(x.reshape(N * T, -1), W) + b).reshape(N, T, -1)

    def backward(self, dout):
        W, _ = self.params
        N, T, _ = self.x.shape
        dout = dout.reshape(N * T, -1)
        self.grads[0][...] = np.dot(self.x.reshape(N * T, -1).T, dout)
        self.grads[1][...] = dout.sum(axis=0)
        return np.dot(dout, W.T).reshape(self.x.shape)


class TimeSoftmaxWithLoss:
    ignore_label = -1

    def forward(self, xs, ts):
        N, T, V = xs.shape
        ts = ts.reshape(N * T)
        mask = ts != self.ignore_label
        xs = xs.reshape(N * T, V)
        ys = np.exp(xs - xs.max(axis=1, keepdims=True))
        ys /= ys.sum(axis=1, keepdims=True)
        logs = np.log(ys[np.arange(N * T), ts]) * mask
        self.cache = (ts, ys, mask, (N, T, V))
        return -logs.sum() / mask.sum()

    def backward(self):
        ts, dx, mask, shape = self.cache
        dx[np.arange(len(ts)), ts] -= 1
        dx /= mask.sum()
        dx *= mask[:, np.newaxis]
        return dx.reshape(shape)


def clip_grads(grads, max_norm):
    norm = np.sqrt(sum(np.sum(grad**2) for grad in grads))
    rate = max_norm / (norm + 1e-6)
    if rate < 1:
        for grad in grads:
            grad *= rate


class SGD:
    def __init__(self, lr):
        self.lr = lr

    def update(self, params, grads):
        for param, grad in zip(params, grads):
            param -= self.lr * grad


def build(tensors):
    def lstm(name):
        return TimeLSTM(*(tensors[f'{name}.{part}'] for part in ('Wx', 'Wh', 'b')))

    tied = config['model'] == 'better-rnnlm'
    embed = TimeEmbedding(tensors['embed.W'])
    lstms = [lstm('lstm1'), lstm('lstm2')] if tied else [lstm('lstm')]
    affine = TimeAffine(tensors['embed.W'].T if tied else tensors['affine.W'], tensors['affine.b'])
    layers = [embed, *lstms, affine]
    loss_layer = TimeSoftmaxWithLoss()
    optimizer = SGD(config['lr'])

    def step(xs, ts):
        for layer in layers:
            xs = layer.forward(xs)
        loss = loss_layer.forward(xs, ts)
        dout = loss_layer.backward()
        for layer in reversed(layers):
            dout = layer.backward(dout)
        params = [param for layer in layers for param in layer.params]
        grads = [grad for layer in layers for grad in layer.grads]
        if tied:  # one array and its transpose: the gradients add up, and it is updated once
            params.pop(-2)
            grads[0] += grads.pop(-2).T
        clip_grads(grads, config['maxNorm'])
        optimizer.update(params, grads)
        return loss

    return step


measure.run(config, np.__version__, build, config.get('threads') or len(os.sched_getaffinity(0)))
