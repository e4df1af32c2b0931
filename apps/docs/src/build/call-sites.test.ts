import { expect, it } from 'vitest';
import { callSitesOf, operandNames } from './call-sites.ts';

it('keeps of a stack what is in packages, without backends', () => {
  const stack = `Error
    at see (file:///repo/apps/docs/src/live/play.ts:30:5)
    at Object.matmul (file:///repo/packages/tensor/src/reference/reference-backend.ts:80:3)
    at TimeLSTM.forward (file:///repo/packages/layers/src/time-lstm.ts:103:15)
    at LanguageModel.predict (file:///repo/packages/rnnlm/src/language-model.ts:87:60)
    at node:internal/modules/run_main:107:5`;
  expect(callSitesOf(stack, '/repo/')).toEqual([
    { file: 'packages/layers/src/time-lstm.ts', line: 103 },
    { file: 'packages/rnnlm/src/language-model.ts', line: 87 },
  ]);
});

it.each([
  ['backend.addmm(gates.at(t), hs.at(t), this.Wh.value);', 'addmm', ['gates[:, t]', 'hs[:, t]', 'Wh']],
  [
    'backend.affineGrads(this.Wx.grad, this.b.grad, xs, dgates); // once',
    'affineGrads',
    ['dWx', 'db', 'xs', 'dgates'],
  ],
  ['backend.matmul(dh, dgates.at(t), this.Wh.value.T);', 'matmul', ['dh', 'dgates[:, t]', 'Whᵀ']],
  ['x.backend.call(\n  a,\n  f(b, [c, d]),\n);', 'call', ['a', 'f(b, [c, d])']],
  ['nothing here', 'call', []],
])('names operands as the book would: %s', (source, operation, names) => {
  expect(operandNames(`first line\n${source}\n`, 2, operation)).toEqual(names);
});
