import type { Answer } from '../answer.ts';

const send = (answer: Answer) => fetch('/answer', { method: 'POST', body: JSON.stringify(answer) });

const worker = new Worker('/worker.js', { type: 'module' });
worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => send(data));
worker.addEventListener('error', ({ message }) =>
  send({ crash: `the worker of the page: ${message || 'its script could not be loaded'}` }),
);
