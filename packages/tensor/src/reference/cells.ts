import type { InputGate } from '../backend.ts';
import type { Tensor } from '../tensor.ts';
import { sigmoidOf } from './elementwise.ts';
import { expectMatrix, expectSame, floats } from './storage.ts';

// In all of these, a state buffer such as hs (N, T + 1, H) holds the state before step t at t and the one after it at t + 1.

export function rnnCell(hs: Tensor, gates: Tensor, t: number): void {
  const [hNext, gate] = [hs.at(t + 1), gates.at(t)];
  expectMatrix('rnnCell', 'gates[:, t]', gate, hNext.rows, hNext.cols);
  const h = floats('rnnCell', hs);
  const a = floats('rnnCell', gates);
  for (let n = 0; n < gate.rows; n++) {
    const to = hNext.rowStarts[n];
    const from = gate.rowStarts[n];
    for (let j = 0; j < gate.cols; j++) h[to + j] = Math.tanh(a[from + j]);
  }
}

export function rnnCellBackward(dgates: Tensor, dh: Tensor, hs: Tensor, t: number): void {
  const [N, H] = dh.shape;
  expectMatrix('rnnCellBackward', 'dgates[:, t]', dgates.at(t), N, H);
  expectMatrix('rnnCellBackward', 'hs[:, t + 1]', hs.at(t + 1), N, H);
  const das = floats('rnnCellBackward', dgates);
  const dhs = floats('rnnCellBackward', dh);
  const h = floats('rnnCellBackward', hs);
  for (let n = 0; n < N; n++) {
    const a = dgates.at(t).rowStarts[n];
    const d = dh.rowStarts[n];
    const next = hs.at(t + 1).rowStarts[n];
    for (let j = 0; j < H; j++) das[a + j] = dhs[d + j] * (1 - h[next + j] ** 2);
  }
}

/** Where the gates f, g, i, o of one step begin in a row of theirs, and how wide it is; a coupled cell has no i. */
function lstmGates(H: number, inputGate: InputGate): { g: number; i: number; o: number; width: number } {
  return inputGate === 'coupled'
    ? { g: H, i: Number.NaN, o: 2 * H, width: 3 * H }
    : { g: H, i: 2 * H, o: 3 * H, width: 4 * H };
}

export function lstmCell(
  hs: Tensor,
  cs: Tensor,
  gates: Tensor,
  t: number,
  inputGate: InputGate = 'own',
): void {
  const [N, , H] = hs.shape;
  const at = lstmGates(H, inputGate);
  expectSame('lstmCell', hs, cs);
  expectMatrix('lstmCell', 'gates[:, t]', gates.at(t), N, at.width);
  const hData = floats('lstmCell', hs);
  const cData = floats('lstmCell', cs);
  const a = floats('lstmCell', gates);
  for (let n = 0; n < N; n++) {
    const gate = gates.at(t).rowStarts[n];
    const c = cs.at(t).rowStarts[n];
    const cNext = cs.at(t + 1).rowStarts[n];
    const hNext = hs.at(t + 1).rowStarts[n];
    for (let j = 0; j < H; j++) {
      const f = sigmoidOf(a[gate + j]);
      const g = Math.tanh(a[gate + at.g + j]);
      const o = sigmoidOf(a[gate + at.o + j]);
      a[gate + j] = f;
      a[gate + at.g + j] = g;
      a[gate + at.o + j] = o;
      let input = 1 - f;
      if (inputGate !== 'coupled') {
        const i = sigmoidOf(a[gate + at.i + j]);
        a[gate + at.i + j] = i;
        input = inputGate === 'capped' ? Math.min(i, input) : i;
      }
      cData[cNext + j] = f * cData[c + j] + g * input;
      hData[hNext + j] = o * Math.tanh(cData[cNext + j]);
    }
  }
}

export function lstmCellBackward(
  dgates: Tensor,
  dc: Tensor,
  dh: Tensor,
  gates: Tensor,
  cs: Tensor,
  t: number,
  inputGate: InputGate = 'own',
): void {
  const [N, H] = dh.shape;
  const at = lstmGates(H, inputGate);
  expectSame('lstmCellBackward', dh, dc);
  expectMatrix('lstmCellBackward', 'dgates[:, t]', dgates.at(t), N, at.width);
  expectMatrix('lstmCellBackward', 'gates[:, t]', gates.at(t), N, at.width);
  expectMatrix('lstmCellBackward', 'cs[:, t]', cs.at(t), N, H);
  const das = floats('lstmCellBackward', dgates);
  const dcs = floats('lstmCellBackward', dc);
  const dhs = floats('lstmCellBackward', dh);
  const a = floats('lstmCellBackward', gates);
  const cData = floats('lstmCellBackward', cs);
  for (let n = 0; n < N; n++) {
    const gate = gates.at(t).rowStarts[n];
    const dgate = dgates.at(t).rowStarts[n];
    const c = cs.at(t).rowStarts[n];
    const cNext = cs.at(t + 1).rowStarts[n];
    const dcRow = dc.rowStarts[n];
    const dhRow = dh.rowStarts[n];
    for (let j = 0; j < H; j++) {
      const f = a[gate + j];
      const g = a[gate + at.g + j];
      const o = a[gate + at.o + j];
      const tanhC = Math.tanh(cData[cNext + j]);
      const dhNext = dhs[dhRow + j];
      const dcNext = dcs[dcRow + j] + dhNext * o * (1 - tanhC ** 2);
      let input = 1 - f;
      let df = dcNext * cData[c + j];
      const dinput = dcNext * g;
      if (inputGate === 'coupled') {
        df -= dinput;
      } else {
        const i = a[gate + at.i + j];
        const isCapped = inputGate === 'capped' && i > input;
        if (isCapped) df -= dinput;
        else input = i;
        das[dgate + at.i + j] = isCapped ? 0 : dinput * i * (1 - i);
      }
      das[dgate + j] = df * f * (1 - f);
      das[dgate + at.g + j] = dcNext * input * (1 - g ** 2);
      das[dgate + at.o + j] = dhNext * tanhC * o * (1 - o);
      dcs[dcRow + j] = dcNext * f;
    }
  }
}

export function gruGates(rh: Tensor, gates: Tensor, hs: Tensor, t: number): void {
  const [N, , H] = rh.shape;
  expectMatrix('gruGates', 'gates[:, t]', gates.at(t), N, 3 * H);
  expectMatrix('gruGates', 'hs[:, t]', hs.at(t), N, H);
  const rhs = floats('gruGates', rh);
  const a = floats('gruGates', gates);
  const h = floats('gruGates', hs);
  for (let n = 0; n < N; n++) {
    const gate = gates.at(t).rowStarts[n];
    const hRow = hs.at(t).rowStarts[n];
    const out = rh.at(t).rowStarts[n];
    for (let j = 0; j < H; j++) {
      a[gate + j] = sigmoidOf(a[gate + j]);
      const r = sigmoidOf(a[gate + H + j]);
      a[gate + H + j] = r;
      rhs[out + j] = r * h[hRow + j];
    }
  }
}

export function gruCell(hs: Tensor, gates: Tensor, t: number): void {
  const [N, , H] = hs.shape;
  expectMatrix('gruCell', 'gates[:, t]', gates.at(t), N, 3 * H);
  const h = floats('gruCell', hs);
  const a = floats('gruCell', gates);
  for (let n = 0; n < N; n++) {
    const gate = gates.at(t).rowStarts[n];
    const hRow = hs.at(t).rowStarts[n];
    const hNext = hs.at(t + 1).rowStarts[n];
    for (let j = 0; j < H; j++) {
      const z = a[gate + j];
      const candidate = Math.tanh(a[gate + 2 * H + j]);
      a[gate + 2 * H + j] = candidate;
      h[hNext + j] = (1 - z) * h[hRow + j] + z * candidate;
    }
  }
}

export function gruCellBackward(dgates: Tensor, dh: Tensor, gates: Tensor, hs: Tensor, t: number): void {
  const [N, H] = dh.shape;
  expectMatrix('gruCellBackward', 'dgates[:, t]', dgates.at(t), N, 3 * H);
  expectMatrix('gruCellBackward', 'gates[:, t]', gates.at(t), N, 3 * H);
  expectMatrix('gruCellBackward', 'hs[:, t]', hs.at(t), N, H);
  const das = floats('gruCellBackward', dgates);
  const dhs = floats('gruCellBackward', dh);
  const a = floats('gruCellBackward', gates);
  const h = floats('gruCellBackward', hs);
  for (let n = 0; n < N; n++) {
    const gate = gates.at(t).rowStarts[n];
    const dgate = dgates.at(t).rowStarts[n];
    const hRow = hs.at(t).rowStarts[n];
    const dhRow = dh.rowStarts[n];
    for (let j = 0; j < H; j++) {
      const z = a[gate + j];
      const candidate = a[gate + 2 * H + j];
      const dhNext = dhs[dhRow + j];
      das[dgate + j] = dhNext * (candidate - h[hRow + j]) * z * (1 - z);
      das[dgate + 2 * H + j] = dhNext * z * (1 - candidate ** 2);
      dhs[dhRow + j] = dhNext * (1 - z);
    }
  }
}

export function gruGatesBackward(
  dgates: Tensor,
  dh: Tensor,
  drh: Tensor,
  gates: Tensor,
  hs: Tensor,
  t: number,
): void {
  const [N, H] = dh.shape;
  expectSame('gruGatesBackward', dh, drh);
  expectMatrix('gruGatesBackward', 'dgates[:, t]', dgates.at(t), N, 3 * H);
  expectMatrix('gruGatesBackward', 'gates[:, t]', gates.at(t), N, 3 * H);
  expectMatrix('gruGatesBackward', 'hs[:, t]', hs.at(t), N, H);
  const das = floats('gruGatesBackward', dgates);
  const dhs = floats('gruGatesBackward', dh);
  const drhs = floats('gruGatesBackward', drh);
  const a = floats('gruGatesBackward', gates);
  const h = floats('gruGatesBackward', hs);
  for (let n = 0; n < N; n++) {
    const r = gates.at(t).rowStarts[n] + H;
    const dr = dgates.at(t).rowStarts[n] + H;
    const hRow = hs.at(t).rowStarts[n];
    const dhRow = dh.rowStarts[n];
    const drhRow = drh.rowStarts[n];
    for (let j = 0; j < H; j++) {
      das[dr + j] = drhs[drhRow + j] * h[hRow + j] * a[r + j] * (1 - a[r + j]);
      dhs[dhRow + j] += drhs[drhRow + j] * a[r + j];
    }
  }
}
