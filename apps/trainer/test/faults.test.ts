import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('loses nothing, shows the error, and ends with the right code, whichever call of the file system fails', {
  timeout: 240_000,
}, async () => {
  // In a process of its own, since it puts itself in the place of node:fs; of all calls each twentieth, in each way.
  const script = fileURLToPath(new URL('./fault-test.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@unroll/source', script, '--every', '20'], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(stderr.replace(/^\(.*Warning.*$/gm, '').trim()).toBe('');
  expect(stdout).toMatch(/\d\d faults, of \d+ calls in 6 ways: every run came out the same/);
  expect(code).toBe(0);
});
