import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Played, play } from '../../src/live/play.ts';
import type { Changes } from '../../src/live/scenario.ts';
import { scenarios } from '../../src/live/scenarios/index.ts';
import { isTensor } from '../../src/live/watched.ts';

/** Goes through a player of a page, call by call, and holds what it shows against what the package computes here. */
export async function expectPlayed(
  page: Page,
  scenario: keyof typeof scenarios,
  pass: 'forward' | 'backward',
  { changes = {}, isBegun = false }: { readonly changes?: Changes; readonly isBegun?: boolean } = {},
): Promise<Played> {
  const player = page.locator(`.player[data-scenario="${scenario}"][data-pass="${pass}"]`);
  if (!isBegun) await player.locator('button').first().click();
  const played = await play(scenarios[scenario], changes);
  const calls = played[pass];
  for (const [i, { operands }] of calls.entries()) {
    await player
      .locator('output')
      .filter({ hasText: new RegExp(`\\b${i + 1}\\b`) })
      .waitFor();
    const shown = await player
      .locator('.player-call td')
      .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-value'))));
    // An attribute has no minus zero.
    expect(shown).toEqual(
      operands.filter(isTensor).flatMap(({ values }) => values.map((value) => value + 0)),
    );
    if (i === 0) expect(await page.locator('.line.now').count()).toBe(1);
    if (i < calls.length - 1) await player.locator('button').nth(1).click();
  }
  return played;
}
