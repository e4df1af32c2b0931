import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallText, smallTraining, start, unroll } from './unroll.ts';

let folder: string;
let model: string;
let words: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-test-'));
  const data = join(folder, 'text.txt');
  [model, words] = [join(folder, 'chars'), join(folder, 'words')];
  await writeFile(data, smallText);
  await unroll(smallTraining(data, model, '--max-steps', '60'));
  await unroll(smallTraining(data, words, '--tokenizer', 'word', '--batch-size', '2'));
  return () => rm(folder, { recursive: true, force: true });
});

const generate = (...args: string[]) => unroll(['generate', model, ...args]);

/** Through a shell, whose pipes are those of a command line. */
function piped(shell: string): { status: number | null; stdout: string; stderr: string } {
  const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));
  const command = `"${process.execPath}" --conditions=@unroll/source "${cli}" generate "${model}"`;
  return spawnSync('sh', ['-c', shell.replace('GENERATE', command)], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
  });
}

const aText = ['--tokens', '30', '--seed', '3'];

describe('unroll generate', () => {
  it('takes its prompt as an option, from behind the folder, from a pipe, from a file and from what - stands for', async () => {
    const expected = (await generate('--prompt', 'the cat ', ...aText)).stdout;
    expect(expected).toMatch(/^the cat .{20}/s);
    expect((await generate('the cat ', ...aText)).stdout).toBe(expected);
    const more = aText.join(' ');
    expect(piped(`printf 'the cat ' | GENERATE ${more}`).stdout).toBe(expected);
    expect(piped(`echo 'the cat ' | GENERATE ${more} -`).stdout).toBe(expected);
    await writeFile(join(folder, 'prompt.txt'), 'the cat \n');
    expect(piped(`GENERATE ${more} < "${join(folder, 'prompt.txt')}"`).stdout).toBe(expected);
    const { child, ended } = start(['generate', model, '--prompt', '-', ...aText]);
    child.stdin.end('the cat ');
    expect((await ended).stdout).toBe(expected);
  });

  it('puts words behind the folder together', async () => {
    expect((await generate('the', 'cat', ...aText)).stdout).toMatch(/^the cat/);
  });

  it('does not wait for an input that is neither a pipe of a shell nor asked for', async () => {
    const { child, ended } = start(['generate', model, ...aText]);
    expect((await ended).code).toBe(0);
    child.stdin.end();
  });

  it('refuses two prompts with 2', async () => {
    const { code, stderr } = await generate('--prompt', 'a', 'cat');
    expect(stderr).toContain('expected a prompt behind the model folder or as --prompt, got both');
    expect(code).toBe(2);
  });

  it('refuses with 3 what is piped in and no text, or too much', () => {
    const bytes = piped(`printf '\\377' | GENERATE`);
    expect(bytes.stderr).toContain('standard input: expected text in UTF-8');
    expect(bytes.status).toBe(3);
    const endless = piped('yes | GENERATE');
    expect(endless.stderr).toContain('standard input: expected a prompt of at most 1.0 MiB');
    expect(endless.status).toBe(3);
  });

  it('says which words of a prompt it does not know', async () => {
    const { code, stderr } = await unroll(['generate', words, 'the', 'zebra']);
    expect(stderr).toContain('the model does not know "zebra" of the prompt; leave it out');
    expect(code).toBe(3);
  });

  it('writes several texts, each that of its own seed', async () => {
    const one = async (seed: number) =>
      (await generate('the ', '--tokens', '30', '--seed', String(seed))).stdout;
    const { stdout } = await generate('the ', '--tokens', '30', '--seed', '3', '--n', '3');
    const texts = [await one(3), await one(4), await one(5)];
    expect(stdout).toBe(
      texts.map((text, i) => `${i > 0 ? '\n' : ''}--- ${i + 1} of 3, seed ${3 + i} ---\n${text}`).join(''),
    );
  });

  it('ends before a stop string, which it does not write', async () => {
    const { stdout } = await generate('the ', '--tokens', '100', '--seed', '3');
    const text = stdout.slice('the '.length, -1);
    const stop = text.slice(20, 23);
    const stopped = await generate('the ', '--tokens', '100', '--seed', '3', '--stop', 'zz', '--stop', stop);
    expect(stopped.stdout).toBe(`the ${text.slice(0, text.indexOf(stop))}\n`);
  });

  it('refuses an empty stop string with 2', async () => {
    const { code, stderr } = await generate('--stop', '');
    expect(stderr).toMatch(/--stop .*Expected something/);
    expect(code).toBe(2);
  });

  it('prints one object on a line for each text when asked for JSON', async () => {
    const plain = await generate('the ', ...aText);
    const { stdout, code } = await generate('the ', ...aText, '--n', '2', '--json');
    const [first, second, ...rest] = stdout.trimEnd().split('\n');
    expect(rest).toEqual([]);
    expect(JSON.parse(first)).toEqual({
      ...{
        prompt: 'the ',
        text: plain.stdout.slice('the '.length, -1),
        promptTokens: 4,
        tokens: 30,
        seed: 3,
      },
      ...{ finishReason: 'length', tokensPerSecond: expect.any(Number) },
    });
    expect(JSON.parse(second)).toMatchObject({ seed: 4, finishReason: 'length' });
    expect(code).toBe(0);
    const { text } = JSON.parse(first);
    const stopped = await generate('the ', ...aText, '--json', '--stop', text.slice(10, 13));
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      text: text.slice(0, text.indexOf(text.slice(10, 13))),
      finishReason: 'stop',
    });
  });

  it('says how fast it was on standard error, unless asked to be quiet', async () => {
    expect((await generate(...aText)).stderr).toMatch(/^30 tokens in [\d.]+ s, [\d.,]+ tokens\/s\n$/);
    expect((await generate(...aText, '--quiet')).stderr).toBe('');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends on %s with %i and the line that it is in', async (signal, code) => {
    const { child, ended } = start(['generate', model, '--tokens', '1000000000', '--n', '3']);
    child.stdout.once('data', () => child.kill(signal));
    const outcome = await ended;
    expect(outcome.code).toBe(code);
    expect(outcome.stdout).toMatch(/^--- 1 of 3, seed 1 ---\n/);
    expect(outcome.stdout).not.toContain('2 of 3');
    expect(outcome.stdout).toMatch(/\n$/);
  });

  it('says in JSON that a text was cancelled', async () => {
    const { child, ended } = start(['generate', model, '--tokens', '20000', '--n', '100000', '--json']);
    child.stdout.once('data', () => child.kill('SIGINT'));
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    const texts = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(texts[0]).toMatchObject({ finishReason: 'length', tokens: 20_000 });
    expect(texts.at(-1)).toMatchObject({ finishReason: 'cancelled' });
  });
});
