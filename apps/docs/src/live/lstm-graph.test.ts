import { expect, it } from 'vitest';
import { lstmGraph } from './lstm-graph.ts';
import { play } from './play.ts';
import { lstm } from './scenarios/lstm.ts';
import { shortNumber } from './shade.ts';
import { isTensor } from './watched.ts';

const played = await play(lstm);

it.each(['forward', 'backward'] as const)('draws every operation of %s, and marks the last', (pass) => {
  const calls = played[pass];
  for (let done = 1; done <= calls.length; done++) {
    const states = Object.values(lstmGraph(calls, pass, done)).map(({ state }) => state);
    expect(states).toContain('now');
  }
});

it('has what the layer computed on its wires', () => {
  const after = lstmGraph(played.forward, 'forward', 5);
  const [hs, cs, gates] = played.forward[4].operands.filter(isTensor);
  expect(after.hNext?.numbers).toBe(hs.values.slice(2).map(shortNumber).join(' '));
  expect(after.cNext?.numbers).toBe(cs.values.slice(2).map(shortNumber).join(' '));
  expect(after.i?.numbers).toBe(gates.values.slice(4, 6).map(shortNumber).join(' '));
  expect(after.x?.numbers).toBe('1 0 -1');
  expect(after.x?.state).toBe('past');
});

it('takes the gradient back to the word, the state and the cell', () => {
  const halfway = lstmGraph(played.backward, 'backward', 2);
  expect(halfway.c?.state).toBe('now');
  expect(halfway.x).toBeUndefined();
  const after = lstmGraph(played.backward, 'backward', 6);
  const [dx] = played.backward[5].operands.filter(isTensor);
  expect(after.x).toEqual({ state: 'now', numbers: dx.values.map(shortNumber).join(' ') });
  expect(after.hNext?.numbers).toBe('1 0');
  expect(Object.keys(after)).toHaveLength(20);
});

it('refuses to draw what is not an LSTM', () => {
  expect(() => lstmGraph(played.backward, 'forward', 3)).toThrow('expected copy, got lstmCellBackward');
});
