import { gradientCheck } from '@unroll/conformance/checks';
import { TimeLSTM } from '@unroll/layers';
import { Random, ReferenceBackend, randn, type Tensor } from '@unroll/tensor';
import { intercepted } from '../intercepted.ts';

/** For each thing that the loss depends on, the greatest error of its gradient, relative to the greatest gradient. */
export type GradientErrors = Readonly<Record<string, number>>;

/** As many time steps as the scenario time-lstm has, so that the numbers of its operations are those of this one's. */
const [N, T, D, H] = [2, 4, 3, 4];

/**
 * Checks the gradients of a TimeLSTM against central differences, with some operations of its backward pass left out: as if
 * their lines were not in the source.
 * @param leaveOut numbers of operations, in the order in which backward calls them
 */
export async function checkBroken(leaveOut: ReadonlySet<number>): Promise<GradientErrors> {
  const random = new Random(3);
  let count: number | undefined; // of backward's operations so far
  const isLeftOut = (): boolean => count !== undefined && leaveOut.has(count++);
  const backend = intercepted(new ReferenceBackend(), (_, __, call) => (isLeftOut() ? undefined : call()));
  const make = (...shape: number[]) => randn(backend, shape, random, 1, 'f64');
  const values = { xs: make(N, T, D), Wx: make(D, 4 * H), Wh: make(H, 4 * H), b: make(4 * H) };
  const dhs = make(N, T, H);
  const layer = new TimeLSTM(values.Wx, values.Wh, values.b);
  const upstream = await dhs.read();
  /** The outputs weighted with some numbers, which are then the gradient from above. */
  const loss = async (): Promise<number> =>
    [...(await layer.forward(values.xs).read())].reduce((sum, h, i) => sum + h * upstream[i], 0);
  const gradients = async () => {
    for (const { grad } of layer.params) backend.fill(grad, 0);
    layer.forward(values.xs);
    count = 0;
    const dxs: Tensor = layer.backward(dhs);
    count = undefined;
    const [Wx, Wh, b] = await Promise.all(layer.params.map(({ grad }) => grad.read()));
    return { xs: await dxs.read(), Wx, Wh, b };
  };
  // A pass that is not broken comes first, on other numbers, so that what is left out shows as what an earlier block left behind.
  layer.forward(make(N, T, D));
  layer.backward(make(N, T, H));
  return gradientCheck({ values, loss, gradients });
}
