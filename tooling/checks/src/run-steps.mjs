/**
 * @typedef {object} Step
 * @property {string} what it is called in the output
 * @property {string[]} [needs] steps without which it makes no sense
 * @property {() => Promise<{ problems: string[], show?: string }>} run
 */

/**
 * Runs steps in order: a line for each, and under a step that fails all that it found. What does not need it still runs.
 * @param {Record<string, Step>} steps
 * @param {string[]} wanted
 * @param {(line: string) => void} print
 * @returns {Promise<{ passed: string[], failed: string[], skipped: string[] }>}
 */
export async function runSteps(steps, wanted, print) {
  const result = { passed: [], failed: [], skipped: [] };
  for (const name of wanted) {
    const { what, needs = [], run } = steps[name];
    const lacking = needs.find((other) => !result.passed.includes(other));
    if (lacking) {
      result.skipped.push(name);
      print(`skipped  ${what}: it needs what did not pass, ${steps[lacking].what}`);
      continue;
    }
    const start = performance.now();
    const { problems, show } = await run().catch((error) => ({ problems: [error.stack ?? String(error)] }));
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    print(`${problems.length === 0 ? 'ok  ' : 'FAIL'}  ${what.padEnd(32)} ${seconds.padStart(6)} s`);
    if (show) print(show);
    if (problems.length > 0) print(`${problems.join('\n')}\n`);
    result[problems.length === 0 ? 'passed' : 'failed'].push(name);
  }
  return result;
}
