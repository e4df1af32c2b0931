import { setTimeout } from 'node:timers/promises';
import type { Report } from './answer.ts';
import { type Browser, openBrowser } from './browser.ts';
import { startSite } from './site.ts';

/** In milliseconds. */
const PATIENCE = 180_000;

/**
 * Opens the page in a browser and waits for what it finds out.
 * @throws Error if the browser, the page or its worker gives up, `interrupted` rejects, or nothing comes within three minutes
 */
export async function ask(
  chromium: string,
  files: ReadonlyMap<string, Uint8Array>,
  isolated: boolean,
  interrupted: Promise<never>,
): Promise<Report> {
  const site = await startSite(files, isolated);
  const browser = openBrowser(chromium, site.url);
  try {
    const answer = await Promise.race([site.answer, browser.ended, interrupted, tooLate(browser)]);
    if ('crash' in answer) throw new Error(answer.crash);
    return answer;
  } finally {
    await browser.close();
    site.close();
  }
}

async function tooLate(browser: Browser): Promise<never> {
  await setTimeout(PATIENCE, undefined, { ref: false });
  throw new Error(
    `the page did not answer within ${PATIENCE / 60_000} minutes; Chromium wrote:\n${browser.complaints}`,
  );
}
