/** Of the page to try a model: sends the prompt, and shows the text as it comes. */
export const pageScript: string = String.raw`
const part = (id) => document.getElementById(id);
const form = part('form');
let running;

for (const slider of form.querySelectorAll('input[type=range]')) {
  const shown = slider.closest('label').querySelector('b');
  const show = () => { shown.textContent = Number(slider.value).toFixed(slider.step < 1 ? 2 : 0); };
  slider.addEventListener('input', show);
  show();
}

function tell(message, wrong = false) {
  part('told').textContent = message;
  part('told').classList.toggle('wrong', wrong);
}

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const parts = (held + read.value).split('\n\n');
    held = parts.pop();
    for (const part of parts) if (part.startsWith('data: ')) yield part.slice(6);
  }
}

async function write(signal) {
  const start = performance.now();
  const prompt = form.prompt.value;
  const seed = form.seed.value;
  const response = await fetch('v1/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      prompt,
      temperature: Number(form.temperature.value),
      top_p: Number(form.top_p.value),
      max_tokens: Number(form.max_tokens.value),
      seed: seed === '' ? null : Number(seed),
      stream: true,
      stream_options: { include_usage: true },
    }),
    signal,
  });
  if (!response.ok) throw new Error((await response.json()).error.message);
  const given = document.createElement('i');
  given.textContent = prompt;
  const text = document.createTextNode('');
  part('text').replaceChildren(given, text);
  tell('writing …');
  for await (const data of events(response)) {
    if (data === '[DONE]') return;
    const { choices, usage, error } = JSON.parse(data);
    if (error) throw new Error(error.message);
    if (choices[0]) text.appendData(choices[0].text);
    if (usage) {
      const seconds = (performance.now() - start) / 1000;
      tell(usage.completion_tokens + ' tokens, ' + Math.round(usage.completion_tokens / seconds) + ' per second');
    }
  }
  throw new Error('the connection ended before the text did');
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (running) return;
  running = new AbortController();
  part('write').hidden = true;
  part('end').hidden = false;
  tell('waiting …');
  try {
    await write(running.signal);
  } catch (error) {
    if (running.signal.aborted) tell('ended');
    else tell(error.message, true);
  }
  running = undefined;
  part('write').hidden = false;
  part('end').hidden = true;
});
part('end').addEventListener('click', () => running?.abort());
form.prompt.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

fetch('v1/models')
  .then((response) => response.json())
  .then(({ data: [{ id }] }) => {
    part('name').textContent = id;
    document.title = id + ' · unroll';
  })
  .catch(() => tell('the server does not answer', true));
`;
