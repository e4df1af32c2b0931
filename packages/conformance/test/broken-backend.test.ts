import { type Backend, ReferenceBackend, Tensor } from '@unroll/tensor';
import { describe, expect, test } from 'vitest';
import { backendChecks } from '../src/backend/backend-checks.ts';
import type { Kernel } from '../src/backend/check.ts';

/** A reference backend with some members replaced, by others that may use a good one. */
type Fault = (good: Backend) => Partial<Backend>;

function broken(fault: Fault): Backend {
  const backend = new ReferenceBackend();
  return Object.defineProperties(backend, Object.getOwnPropertyDescriptors(fault(new ReferenceBackend())));
}

/** The claims about a kernel that a backend does not keep. */
async function brokenClaims(kernel: Kernel, backend: Backend): Promise<string[]> {
  const claims: string[] = [];
  for (const [claim, check] of Object.entries(backendChecks[kernel])) {
    await check(backend, 'f32').catch(() => claims.push(claim));
  }
  return claims;
}

/** All memory that a view looks at, as one row. */
function wholeOf(x: Tensor): Tensor {
  return new Tensor(x.backend, x.storage, [x.storage.length]);
}

const faults: readonly { what: string; kernel: Kernel; claim: RegExp; fault: Fault }[] = [
  {
    what: 'counts bytes up but never down',
    kernel: 'bytes',
    claim: /to the byte/,
    fault: () => ({ free: (storage) => Object.assign(storage, { freed: true }) }),
  },
  {
    what: 'forgets to free',
    kernel: 'free',
    claim: /StateError/,
    fault: () => ({ free: () => {} }),
  },
  {
    what: 'hands out memory that is not zero',
    kernel: 'allocate',
    claim: /memory of zeros/,
    fault: (good) => ({
      allocate(dtype, length) {
        const storage = good.allocate(dtype, length);
        good.fill(new Tensor(good, storage, [length]), 1);
        return storage;
      },
    }),
  },
  {
    what: 'reads late',
    kernel: 'read',
    claim: /not what came after/,
    fault: (good) => ({
      async read(x) {
        await undefined;
        return good.read(x);
      },
    }),
  },
  {
    what: 'reads without regard to strides',
    kernel: 'read',
    claim: /every view/,
    fault: (good) => ({
      read: async (x) => (await good.read(wholeOf(x))).slice(x.offset, x.offset + x.size),
    }),
  },
  {
    what: 'scales what lies around a view',
    kernel: 'scale',
    claim: /every element of every view/,
    fault: (good) => ({ scale: (out, factor) => good.scale(wholeOf(out), factor) }),
  },
  {
    what: 'changes an input',
    kernel: 'add',
    claim: /every element of every view/,
    fault: (good) => ({
      add(out, x) {
        good.add(out, x);
        good.fill(x, 0);
      },
    }),
  },
  {
    what: 'lets a product add to what out holds',
    kernel: 'matmul',
    claim: /whatever it held/,
    fault: (good) => ({ matmul: (out, a, b) => good.addmm(out, a, b) }),
  },
  {
    what: 'multiplies with fewer digits than its type has',
    kernel: 'matmul',
    claim: /exact as its type/,
    fault: (good) => ({
      matmul(out, a, b) {
        good.matmul(out, a, b);
        good.scale(out, 1 + 2 ** -12);
      },
    }),
  },
  {
    what: 'clamps ids',
    kernel: 'gather',
    claim: /outside of the vocabulary/,
    fault: (good) => ({
      gather(out, W, ids) {
        try {
          good.gather(out, W, ids);
        } catch {
          good.fill(out, 0);
        }
      },
    }),
  },
  {
    what: 'draws another mask',
    kernel: 'dropout',
    claim: /Threefry/,
    fault: (good) => ({
      dropout: (out, x, ratio, seed, call) => good.dropout(out, x, ratio, seed, (call + 1) % 2 ** 32),
    }),
  },
  {
    what: 'has a wrong sign in the gradient of the cell',
    kernel: 'lstmCellBackward',
    claim: /gradient of cs/,
    fault: (good) => ({
      lstmCellBackward(dgates, dc, dh, gates, cs, t, inputGate) {
        good.lstmCellBackward(dgates, dc, dh, gates, cs, t, inputGate);
        good.scale(dc, -1);
      },
    }),
  },
  {
    what: 'touches another step than t',
    kernel: 'lstmCell',
    claim: /leaves the other steps/,
    fault: (good) => ({
      lstmCell(hs, cs, gates, t, inputGate) {
        good.lstmCell(hs, cs, gates, t, inputGate);
        if (t > 0) good.scale(gates.at(t - 1), 2);
      },
    }),
  },
  {
    what: 'overwrites a gradient that it is to add to',
    kernel: 'gruGatesBackward',
    claim: /adds drh/,
    fault: (good) => ({
      gruGatesBackward(dgates, dh, drh, gates, hs, t) {
        good.fill(dh, 0);
        good.gruGatesBackward(dgates, dh, drh, gates, hs, t);
      },
    }),
  },
  {
    what: 'divides the gradient by all rows, not by the counted ones',
    kernel: 'softmaxCrossEntropyBackward',
    claim: /dout \/ count/,
    fault: (good) => ({
      softmaxCrossEntropyBackward(dscores, scores, normalizers, ts, count, ...others) {
        good.fill(count, scores.rows);
        good.softmaxCrossEntropyBackward(dscores, scores, normalizers, ts, count, ...others);
      },
    }),
  },
  {
    what: 'lets an input gate in as it is, though it is capped',
    kernel: 'lstmCell',
    claim: /makes the next c/,
    fault: (good) => ({
      lstmCell: (hs, cs, gates, t, inputGate) =>
        good.lstmCell(hs, cs, gates, t, inputGate === 'capped' ? 'own' : inputGate),
    }),
  },
  {
    what: 'forgets what a capped input gate owes to f',
    kernel: 'lstmCellBackward',
    claim: /central differences/,
    fault: (good) => ({
      lstmCellBackward: (dgates, dc, dh, gates, cs, t, inputGate) =>
        good.lstmCellBackward(dgates, dc, dh, gates, cs, t, inputGate === 'capped' ? 'own' : inputGate),
    }),
  },
  {
    what: 'forgets a factor',
    kernel: 'add',
    claim: /a multiple/,
    fault: (good) => ({ add: (out, x) => good.add(out, x) }),
  },
  {
    what: 'reads the factors of rows as if they lay side by side',
    kernel: 'scaleRows',
    claim: /factors as/,
    fault: (good) => ({
      scaleRows: (out, x, { backend, storage, offset, size }) =>
        good.scaleRows(out, x, new Tensor(backend, storage, [size], [1], offset)),
    }),
  },
  {
    what: 'overwrites the gradients of gain and bias',
    kernel: 'layerNormBackward',
    claim: /adds to dgain and dbias/,
    fault: (good) => ({
      layerNormBackward(dx, dgain, dbias, ...others) {
        for (const x of [dgain, dbias]) good.fill(x, 0);
        good.layerNormBackward(dx, dgain, dbias, ...others);
      },
    }),
  },
  {
    what: 'begins a recurrence with zeros',
    kernel: 'recurrence',
    claim: /goes from hs/,
    fault: (good) => ({
      recurrence(hs, a, b) {
        good.fill(hs.at(0), 0);
        good.recurrence(hs, a, b);
      },
    }),
  },
  {
    what: 'forgets to smooth',
    kernel: 'softmaxCrossEntropyBackward',
    claim: /central differences/,
    fault: (good) => ({
      softmaxCrossEntropyBackward: (dscores, scores, normalizers, ts, count, ignoreLabel, dout) =>
        good.softmaxCrossEntropyBackward(dscores, scores, normalizers, ts, count, ignoreLabel, dout),
    }),
  },
  {
    what: 'forgets to decay',
    kernel: 'sgd',
    claim: /decay/,
    fault: (good) => ({ sgd: (W, dW, lr) => good.sgd(W, dW, lr) }),
  },
  {
    what: 'clips always',
    kernel: 'clip',
    claim: /norm is below/,
    fault: (good) => ({ clip: (x, _norm, maxNorm) => good.scale(x, maxNorm) }),
  },
  {
    what: "takes ordinary momentum for Nesterov's",
    kernel: 'nesterov',
    claim: /as the contract says/,
    fault: (good) => ({ nesterov: (W, dW, v, lr, momentum) => good.momentum(W, dW, v, lr, momentum) }),
  },
];

describe('the checks of a backend', () => {
  test.each(faults)('notice a backend that $what', async ({ kernel, claim, fault }) => {
    const claims = await brokenClaims(kernel, broken(fault));
    expect(claims).toContainEqual(expect.stringMatching(claim));
  });

  const memory: readonly string[] = ['allocate', 'free', 'bytes', 'read'];
  const kernels = (Object.keys(backendChecks) as Kernel[]).filter((kernel) => !memory.includes(kernel));

  test.each(kernels)('notice a %s that does nothing', async (kernel) => {
    const claims = await brokenClaims(
      kernel,
      broken(() => ({ [kernel]: () => {} })),
    );
    expect(claims).not.toEqual([]);
  });

  test('say which tensor differs, how much and where', async () => {
    const backend = broken((good) => ({
      add(out, x) {
        good.add(out, x);
        good.scale(out.columns(0, 1), 2);
      },
    }));
    const [check] = Object.values(backendChecks.add);
    await expect(check(backend, 'f64')).rejects.toThrow(
      /^out \(1\) with strides \(1\): 1 of 1 numbers differ by more than .*; the worst at 0: expected .*, got /,
    );
  });

  test('give back all memory, also when they fail', async () => {
    const backend = broken(() => ({ sgd: () => {} }));
    expect(await brokenClaims('sgd', backend)).not.toEqual([]);
    expect(await brokenClaims('adam', backend)).toEqual([]);
    expect(backend.bytes).toBe(0);
  });
});
