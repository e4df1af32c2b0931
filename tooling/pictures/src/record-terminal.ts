import { spawn } from 'node:child_process';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What a command writes to a terminal of this size. It needs `script` of util-linux, which makes one. */
export async function recordTerminal(
  command: string,
  { columns, rows }: Size,
  folder: string,
): Promise<string> {
  const child = spawn('script', ['-qfec', `stty cols ${columns} rows ${rows}; ${command}`, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, TERM: 'xterm-256color', FORCE_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    written += chunk;
  });
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${written.slice(-2000)}`);
  return written;
}
