import { spawnSync } from 'node:child_process';

/** A Python that has these modules, or why there is none: the first python3 on the path that does, or Debian's. */
function findPython(modules: string): { readonly python?: string; readonly title: string } {
  const say = `import ${modules}; print(', '.join(f'{m.__name__} {m.__version__}' for m in (${modules},)))`;
  for (const python of ['python3', '/usr/bin/python3']) {
    const { status, stdout } = spawnSync(python, ['-c', say], { encoding: 'utf8' });
    if (status === 0) return { python, title: stdout.trim() };
  }
  return { title: `Python with ${modules}, which is not here: apt install python3-${modules}` };
}

export const torchPython: ReturnType<typeof findPython> = findPython('torch');
export const numpyPython: ReturnType<typeof findPython> = findPython('numpy');

/** What a Python script prints. @throws with what it says on standard error if it fails */
export function runPython(python: string, args: readonly string[], input: string | Uint8Array = ''): string {
  const { status, stdout, stderr } = spawnSync(python, args, {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${stderr}`);
  return stdout;
}
