import { parseSafetensors, serializeSafetensors } from '@unroll/checkpoint';
import { fromPyTorch } from '@unroll/interchange';
import { packFrames } from '../frames.ts';
import { checkpoint, checkpointFiles, checkpointNames } from '../targets/checkpoint.ts';
import { request } from '../targets/request.ts';
import { recordNames, runRecords } from '../targets/run-records.ts';
import { stateSeed, trainingState } from '../targets/training-state.ts';
import { utf8 } from '../utf8.ts';
import { type Case, casesOf, type Malformed } from './malformed.ts';

/** A checkpoint with another file in the place of one, or without it. */
const withFile = (name: string, file?: Uint8Array | string): Uint8Array =>
  packFrames(
    checkpointFiles().map((right, i) => {
      if (checkpointNames[i] !== name) return right;
      return typeof file === 'string' ? utf8(file) : file;
    }),
  );
const rightState = {
  training: stateSeed,
  optimizer: { kind: 'Adam', updates: 5 },
  logs: { 'metrics.jsonl': 120 },
};
const withState = (change: object): Uint8Array =>
  withFile('state.json', JSON.stringify({ ...rightState, ...change }));
const f32 = (shape: number[], value = 0.5) => {
  const length = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'f32' as const, shape, data: new Float32Array(length).fill(value) };
};

const checkpointCases: Case[] = [
  ...checkpointNames.map((name): Case => [`no ${name}`, withFile(name), `expected a file ${name}`]),
  ...checkpointNames.map((name): Case => [`an empty ${name}`, withFile(name, ''), name]),
  [
    'weights of another model',
    withFile('model.safetensors', serializeSafetensors([['W', f32([2])]])),
    'do not fit the model',
  ],
  [
    'no carried state of that name',
    withFile('carried.safetensors', serializeSafetensors([['x', f32([1, 2])]])),
    'checkpoints/step-000000005',
  ],
  [
    'a carried state of another size',
    withFile(
      'carried.safetensors',
      serializeSafetensors([
        ['lstm.h', f32([1, 3])],
        ['lstm.c', f32([1, 3])],
      ]),
    ),
    'checkpoints/step-000000005',
  ],
  [
    'nothing of the optimizer',
    withFile('optimizer.safetensors', serializeSafetensors([])),
    'checkpoints/step-000000005',
  ],
  ['no training in the state', withState({ training: undefined }), 'expected the state of a training run'],
  ['training that is a list', withState({ training: [] }), 'expected the state of a training run'],
  ['another optimizer', withState({ optimizer: { kind: 'SGD', updates: 5 } }), 'expected the state of Adam'],
  ['no optimizer', withState({ optimizer: null }), 'expected the state of a training run'],
  [
    'updates that are text',
    withState({ optimizer: { kind: 'Adam', updates: '5' } }),
    'expected the state of a training run',
  ],
  [
    'updates below 0',
    withState({ optimizer: { kind: 'Adam', updates: -1 } }),
    'expected updates to be a whole number',
  ],
  ['no logs', withState({ logs: undefined }), 'expected the state of a training run'],
  ['a log of -1 bytes', withState({ logs: { 'metrics.jsonl': -1 } }), 'expected the length of metrics.jsonl'],
  [
    'a log of 2^53 bytes',
    withState({ logs: { 'metrics.jsonl': 2 ** 53 } }),
    'expected the length of metrics.jsonl',
  ],
  [
    'a log whose length is an object',
    withState({ logs: { 'metrics.jsonl': { toString: 1 } } }),
    'expected the length of metrics.jsonl',
  ],
];

const wrongStates: readonly (readonly [object, string])[] = [
  [{ step: -1 }, 'step'],
  [{ step: 1.5 }, 'step'],
  [{ step: '5' }, 'step'],
  [{ step: { toString: 1, valueOf: 1 } }, 'step'],
  [{ step: 2 ** 53 }, 'step'],
  [{ epoch: 0 }, 'epoch'],
  [{ epoch: null }, 'epoch'],
  [{ epochLoss: null }, 'epochLoss'],
  [{ epochLoss: [1] }, 'epochLoss'],
  [{ epochSteps: -1 }, 'epochSteps'],
  [{ evaluationDue: 0 }, 'evaluationDue'],
  [{ bestLoss: '2' }, 'bestLoss'],
  [{ bestLoss: {} }, 'bestLoss'],
  [{ evaluationsSinceBest: -1 }, 'evaluationsSinceBest'],
  [{ stepsAbove: 0.5 }, 'stepsAbove'],
  [{ position: -1 }, 'position'],
  [{ position: [[[[]]]] }, 'position'],
  [{ schedule: null }, 'schedule'],
  [{ schedule: { lr: null, best: null } }, 'schedule'],
  [{ schedule: { lr: 1 } }, 'schedule'],
  [{ schedule: [] }, 'schedule'],
];
const stateCases: Case[] = [
  ['nothing in it', '{}', 'expected step of the state'],
  ...wrongStates.map(
    ([change, name]): Case => [
      JSON.stringify(change),
      JSON.stringify({ ...stateSeed, ...change }),
      `expected ${name} of the state`,
    ],
  ),
];

const module = () =>
  new Map([
    ['embedding.weight', f32([3, 2])],
    ['lstm.weight_ih_l0', f32([8, 2])],
    ['lstm.weight_hh_l0', f32([8, 2])],
    ['lstm.bias_ih_l0', f32([8])],
    ['lstm.bias_hh_l0', f32([8])],
    ['linear.weight', f32([3, 2])],
    ['linear.bias', f32([3])],
  ]);
const withTensor = (name: string, tensor: ReturnType<typeof f32>) =>
  serializeSafetensors(module().set(name, tensor));
const without = (name: string) => serializeSafetensors([...module()].filter(([each]) => each !== name));
const pytorchCases: Case[] = [
  ['no tensors', serializeSafetensors([]), 'lacks "embedding.weight"'],
  ...[...module().keys()].map((name): Case => [`no ${name}`, without(name), `lacks "${name}"`]),
  ['a second layer', withTensor('lstm.weight_ih_l1', f32([8, 2])), 'has "lstm.weight_ih_l1" besides'],
  ['a tensor named __proto__', withTensor('__proto__', f32([1])), 'has "__proto__" besides'],
  ['an embedding of one axis', withTensor('embedding.weight', f32([6])), 'expected a matrix'],
  ['an embedding of nothing', withTensor('embedding.weight', f32([0, 2])), 'expected a matrix'],
  ['another word vector', withTensor('lstm.weight_ih_l0', f32([8, 3])), 'expected the shape (8, 2)'],
  ['another hidden size', withTensor('lstm.bias_hh_l0', f32([4])), 'expected the shape (8)'],
  ['another vocabulary', withTensor('linear.bias', f32([4])), 'expected the shape (3)'],
  [
    'weights that are NaN',
    withTensor('linear.bias', f32([3], Number.NaN)),
    'expected finite numbers, got NaN',
  ],
  [
    'weights without end',
    withTensor('linear.bias', f32([3], Number.POSITIVE_INFINITY)),
    'expected finite numbers',
  ],
  [
    'whole numbers',
    serializeSafetensors(
      [
        ...module(),
        ['linear.bias', { dtype: 'i32' as const, shape: [3], data: new Int32Array(3) }] as const,
      ].filter(([name, { dtype }]) => name !== 'linear.bias' || dtype === 'i32'),
    ),
    'f32 or f64, got i32',
  ],
  [
    'biases whose sum is infinite',
    serializeSafetensors(
      module()
        .set('lstm.bias_ih_l0', f32([8], 3e38))
        .set('lstm.bias_hh_l0', f32([8], 3e38)),
    ),
    'finite',
  ],
];

const requestCases: Case[] = [
  ['nothing', '', 'expected JSON as body'],
  ['no JSON', '{"prompt":', 'expected JSON as body'],
  ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'expected a body in UTF-8'],
  ['null', 'null', 'body: expected an object, got null'],
  ['an array', '[]', 'body: expected an object, got an empty array'],
  ['text', '"hello"', 'body: expected an object'],
  ['a prompt that is a number', '{"prompt":3}', 'prompt: expected a string'],
  ['a prompt of nothing', '{"prompt":[]}', 'prompt: expected a string'],
  ['a prompt that mixes', '{"prompt":["a",1]}', 'prompt: expected a string'],
  ['ids below 0', '{"prompt":[-1]}', 'prompt: expected a string'],
  ['half an id', '{"prompt":[0.5]}', 'prompt: expected a string'],
  [
    'levels without end',
    () => `{"prompt":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    'prompt: expected a string',
  ],
  ['too many tokens', '{"max_tokens":1e9}', 'max_tokens: expected a whole number from 0 to 4096'],
  ['fewer than no tokens', '{"max_tokens":-1}', 'max_tokens: expected a whole number'],
  ['tokens as text', '{"max_tokens":"16"}', 'max_tokens: expected a whole number'],
  ['infinitely many tokens', '{"max_tokens":1e999}', 'max_tokens: expected a whole number'],
  ['too much heat', '{"temperature":2.1}', 'temperature: expected a number from 0 to 2'],
  ['too little heat', '{"temperature":-1}', 'temperature: expected a number from 0 to 2'],
  ['no share', '{"top_p":0}', 'top_p: expected a number above 0'],
  ['too many texts', '{"n":9}', 'n: expected a whole number from 1 to 8'],
  ['too many texts in all', '{"n":5,"prompt":["a","b"]}', 'n: expected at most 8 texts'],
  ['too many stops', '{"stop":["a","b","c","d","e"]}', 'stop: expected'],
  ['an empty stop', '{"stop":""}', 'stop: expected'],
  ['a long stop', () => JSON.stringify({ stop: 'x'.repeat(257) }), 'stop: expected'],
  ['a seed below 0', '{"seed":-1}', 'seed: expected'],
  ['a seed above all', '{"seed":9007199254740993}', 'seed: expected'],
  ['stream as text', '{"stream":"yes"}', 'stream: expected true or false'],
  ['options of stream as text', '{"stream_options":"usage"}', 'stream_options: expected an object'],
  ['a model that is a number', '{"model":3}', 'model: expected a string'],
  ['what is not there', '{"logprobs":5}', 'logprobs: expected null'],
  [
    'more than a megabyte',
    () => JSON.stringify({ prompt: 'x'.repeat(2 ** 20) }),
    'expected a body of at most',
  ],
  ['50 MB', () => new Uint8Array(50_000_000).fill(0x20), 'expected a body of at most'],
];

const step = { step: 1, epoch: 1, loss: 2, perplexity: 7, lr: 1, gradNorm: 1, tokensPerSecond: 10 };
/** The folder of a run in which one file is other than it should be. */
const record = (name: string, content: string): Uint8Array =>
  packFrames(
    recordNames.map((each) =>
      each === name ? utf8(content) : each === 'metrics.jsonl' ? utf8('') : undefined,
    ),
  );
const line = (change: object): Uint8Array =>
  record('metrics.jsonl', `${JSON.stringify({ ...step, ...change })}\n`);
const recordCases: Case[] = [
  ['a line that is no JSON', record('metrics.jsonl', 'hello\n'), 'line 1: expected an object in JSON'],
  ['a line that is null', record('metrics.jsonl', 'null\n'), 'line 1: expected an object in JSON'],
  ['a line that is a list', record('metrics.jsonl', '[]\n'), 'line 1: expected an object in JSON'],
  [
    'an empty line',
    record('metrics.jsonl', `${JSON.stringify(step)}\n\n`),
    'line 2: expected an object in JSON',
  ],
  ['a NUL', record('metrics.jsonl', '\0\n'), 'line 1: expected an object in JSON'],
  ['no step', line({ step: undefined }), 'expected a number as step'],
  ['half a step', line({ step: 1.5 }), 'expected a step after 0'],
  ['step 0', line({ step: 0 }), 'expected a step after 0'],
  ['step 1e999', record('metrics.jsonl', '{"step":1e999,"epoch":1}\n'), 'expected a step after 0'],
  ['a step as text', line({ step: '1' }), 'expected a number as step'],
  [
    'steps backwards',
    record('metrics.jsonl', [2, 1].map((at) => `${JSON.stringify({ ...step, step: at })}\n`).join('')),
    'line 2: expected a step after 2',
  ],
  ['epoch 0', line({ epoch: 0 }), 'expected an epoch from 1'],
  ['a loss as text', line({ loss: '2' }), 'expected a number as loss'],
  [
    'a loss in __proto__',
    record('metrics.jsonl', '{"step":1,"epoch":1,"__proto__":{"loss":1}}\n'),
    'expected a number as loss',
  ],
  [
    'a line without end',
    () => record('metrics.jsonl', 'x'.repeat(5_000_000)),
    'expected at most 1048576 characters',
  ],
  [
    'levels without end',
    () => record('metrics.jsonl', `${'['.repeat(500_000)}\n`),
    'line 1: expected an object in JSON',
  ],
  [
    'an evaluation without a loss',
    record('evaluations.jsonl', '{"step":1,"epoch":1}\n'),
    'expected a number as loss',
  ],
  [
    'a sample without a heading',
    record('samples.txt', 'hello\n'),
    'expected a line such as "--- step 100 ---"',
  ],
  ['settings that are no YAML', record('config.resolved.yaml', '{a: ['), 'expected YAML or JSON'],
  [
    'settings of more than a megabyte',
    () => record('config.resolved.yaml', ' '.repeat(2_000_000)),
    'expected at most 1048576 bytes',
  ],
];

export const malformedRuns: readonly Malformed[] = [
  ...casesOf('checkpoint', 'CheckpointError', checkpoint.run, checkpointCases),
  ...casesOf('training-state', 'ValueError', trainingState.run, stateCases),
  ...casesOf(
    'pytorch',
    'CheckpointError',
    (input) => fromPyTorch(parseSafetensors(input).tensors),
    pytorchCases,
  ),
  ...casesOf('request', 'ApiError', request.run, requestCases),
  ...casesOf('run-records', 'DataError', runRecords.run, recordCases),
];
