/** A folder with more in it than comes at once. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR_MS, WindowWorld } from '../support/window-world.ts';

const FILES = 12_000;

const world = new WindowWorld();
let page: Page;

beforeAll(async () => {
  for (let at = 0; at < FILES; at++) world.write(`many/${String(at).padStart(5, '0')}.txt`, 'x', HOUR_MS);
  await world.start();
  const { placeId } = await world.core.addPlace('Blue drive');
  const planId = await world.core.addPlan([world.at('many')], [placeId]);
  await world.core.run({ kind: 'backup', planId: planId as never, placeId: placeId as never });
  await world.core.run({ kind: 'readHistory', placeId: placeId as never });
  page = await world.open({ route: `/history?folder=${encodeURIComponent(world.at('many'))}` });
  page.setDefaultTimeout(20_000);
}, 120_000);
afterAll(() => world.close());

test('all of it is chosen, not only what has come so far', async () => {
  await page.getByRole('row').filter({ hasText: '00000.txt' }).waitFor();
  await page.locator('.contents-scroll').focus();
  await page.keyboard.press('Control+a');
  await page.locator('.action-bar').getByText('12,000 items').waitFor();
  await page.keyboard.press('r');
  await page.getByText('Nothing would change: 12,000 are identical and will be left alone.').waitFor();
  expect(world.complaints).toEqual([]);
});
