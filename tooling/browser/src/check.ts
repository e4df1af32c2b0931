/** Holds the wasm backend to its contract in a browser, in a page that is isolated and in one that is not. */
import type { Report } from './answer.ts';
import { ask } from './ask.ts';
import { bundlePage } from './bundle-page.ts';
import { findChromium } from './find-chromium.ts';

const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => reject(new Error(`ended by ${signal}`)));
  }
});
// It may come while nobody waits for it.
interrupted.catch(() => {});

try {
  const chromium = findChromium(process.env);
  const files = await bundlePage();
  for (const isolated of [true, false]) {
    console.log(isolated ? 'with the isolation headers' : 'without them');
    const report = await ask(chromium, files, isolated, interrupted);
    const failures = [...unexpected(report, isolated), ...report.failures];
    console.log(`  crossOriginIsolated ${report.crossOriginIsolated}`);
    console.log(`  backend.threads     ${report.threads}`);
    console.log(`  relaxedSimd         ${report.relaxedSimd}`);
    console.log(`  checks              ${report.passed} passed, ${failures.length} failed`);
    for (const failure of failures) console.log(`  FAIL  ${failure}`);
    if (failures.length > 0) process.exitCode = 1;
  }
} catch (error) {
  console.error(`browser checks: ${(error as Error).message}`);
  process.exitCode = 1;
}

/** What a page is with or without the headers. */
function unexpected({ crossOriginIsolated, threads }: Report, isolated: boolean): string[] {
  const problems: string[] = [];
  if (crossOriginIsolated !== isolated) {
    problems.push(`crossOriginIsolated: expected ${isolated}, got ${crossOriginIsolated}`);
  }
  if (threads > 1 !== isolated) {
    problems.push(`backend.threads: expected ${isolated ? 'several' : 'one'}, got ${threads}`);
  }
  return problems;
}
