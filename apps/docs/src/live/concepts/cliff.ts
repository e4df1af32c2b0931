import { TimeRNN } from '@unroll/layers';
import { clipGrads, SGD, zeroGrads } from '@unroll/optimizers';
import { Memory, ReferenceBackend, tensor, zeros } from '@unroll/tensor';
import { type PathPoint, START, STEPS, TARGET } from './cliff-map.ts';

export interface PathOptions {
  readonly w: number;
  readonly b: number;
  readonly lr: number;
  /** Undefined: not clipped. */
  readonly maxGrad?: number;
  readonly count: number;
}

/** Walks down that landscape with a TimeRNN and SGD. */
export async function descend({ w, b, lr, maxGrad, count }: PathOptions): Promise<PathPoint[]> {
  const backend = new ReferenceBackend();
  const f64 = (values: number[], shape: number[]) => tensor(backend, values, shape, 'f64');
  const layer = new TimeRNN(f64([0], [1, 1]), f64([w], [1, 1]), f64([b], [1]), { stateful: true });
  const xs = zeros(backend, [1, STEPS, 1], 'f64');
  const h0 = f64([START], [1, 1]);
  const dhs = zeros(backend, [1, STEPS, 1], 'f64');
  const optimizer = new SGD({ lr });
  const memory = new Memory();
  const path: PathPoint[] = [];
  for (let i = 0; i <= count; i++) {
    layer.setState(h0);
    const [h] = await layer
      .forward(xs)
      .at(STEPS - 1)
      .read();
    zeroGrads(layer.params);
    dhs.at(STEPS - 1).write([2 * (h - TARGET)]);
    layer.backward(dhs);
    const norm = await clipGrads(layer.params, maxGrad ?? Number.MAX_VALUE, memory).item();
    const [[atW], [atB]] = [await layer.Wh.value.read(), await layer.b.value.read()];
    path.push({ w: atW, b: atB, loss: (h - TARGET) ** 2, norm });
    optimizer.update(layer.params);
  }
  return path;
}
