import { open, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeFileWhole } from '@unroll/checkpoint/node';
import { UsageError } from '../exit-code.ts';
import { readRun } from '../records/read-run.ts';
import { makeReport, REPORT_MARK } from '../report/make-report.ts';

const REPORT_FILE = 'report.html';

/**
 * Writes a page about a run into its folder, or about several side by side into `out`, and prints where it is.
 * @throws UsageError where `out` is a file that is no report, or a folder
 */
export async function makeReports(paths: readonly string[], { out }: { out?: string }): Promise<void> {
  const distinct = [...new Map(paths.map((path) => [resolve(path), path])).values()];
  const target = out ?? (distinct.length === 1 ? join(distinct[0], REPORT_FILE) : REPORT_FILE);
  const runs = [];
  for (const path of distinct) runs.push(await readRun(path));
  await expectOurs(target);
  await writeFileWhole(target, new TextEncoder().encode(makeReport(runs)));
  console.log(target);
}

/** Nothing is written over but an earlier report. */
async function expectOurs(path: string): Promise<void> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return;
  if (stats.isDirectory()) {
    throw new UsageError(
      `--out ${path}: expected a file, there is a folder of that name; add a name for the file`,
    );
  }
  if (stats.isFile()) {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(1024), 0, 1024, 0);
      if (new TextDecoder().decode(buffer.subarray(0, bytesRead)).includes(REPORT_MARK)) return;
    } finally {
      await file.close();
    }
  }
  throw new UsageError(`--out ${path}: there is a file that is no report, and it stays; choose another name`);
}
