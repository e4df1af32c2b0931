import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { packagesOf } from './workspace.mjs';

const fileOf = (path) => join(path, '.vitest', 'results.json');

/** Forgets the results of earlier runs, so that a package whose tests did not run does not count. */
export function forgetResults(root) {
  for (const { path } of packagesOf(root)) rmSync(fileOf(path), { force: true });
}

/**
 * What vitest wrote for each package.
 * @param {string} root
 * @returns {{ passed: number, failed: number, skipped: string[], missing: string[] }}
 */
export function collectResults(root) {
  const result = { passed: 0, failed: 0, skipped: [], missing: [] };
  for (const { path, folder, manifest } of packagesOf(root)) {
    if (!manifest.scripts?.test) continue;
    let report;
    try {
      report = JSON.parse(readFileSync(fileOf(path), 'utf8'));
    } catch {
      result.missing.push(folder);
      continue;
    }
    result.passed += report.numPassedTests;
    result.failed += report.numFailedTests;
    for (const { name, assertionResults } of report.testResults) {
      for (const { status, fullName } of assertionResults) {
        if (status !== 'passed' && status !== 'failed')
          result.skipped.push(`${folder}/${relative(path, name)} › ${fullName}`);
      }
    }
  }
  return result;
}
