/** Where the focus is after something over the page of the history went, or a part of it became another: never nowhere. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, WindowWorld } from '../support/window-world.ts';

const SOON_MS = 8_000;

const world = new WindowWorld();
let page: Page;

beforeAll(async () => {
  await world.start();
  world.write('Documents/letter.txt', 'first', 9 * DAY_MS);
  world.write('Documents/notes.txt', 'notes', 9 * DAY_MS);
  const { placeId } = await world.core.addPlace('Blue drive');
  const planId = await world.core.addPlan([world.at('Documents')], [placeId]);
  await world.backUp(planId, placeId, 2 * DAY_MS);
  world.write('Documents/letter.txt', 'second', DAY_MS);
  world.write('Documents/notes.txt', 'more notes', DAY_MS);
  await world.backUp(planId, placeId, DAY_MS);
  page = await world.open({ route: `/history?folder=${encodeURIComponent(world.at('Documents'))}` });
  page.setDefaultTimeout(SOON_MS);
}, 60_000);
afterAll(() => world.close());

const focused = (): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.getAttribute('role') ?? activeElement?.tagName ?? '';
  });
const untilFocused = (role: string): Promise<void> =>
  expect.poll(focused, { timeout: SOON_MS, interval: 40 }).toBe(role);

test.each(['Export as zip', 'Keep this version for ever', 'Erase from history'])(
  '%s from the menu, closed again: back in the list',
  async (name) => {
    await page.getByRole('row').filter({ hasText: 'letter.txt' }).click();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name }).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await untilFocused('grid');
  },
);

test('nothing chosen any more: the bar with the focus goes, the list has it', async () => {
  await page.getByRole('row').filter({ hasText: 'letter.txt' }).click();
  await page.getByRole('button', { name: 'Clear the selection' }).click();
  await untilFocused('grid');
});

test('keys go on in what is compared, and in the list after it', async () => {
  await page.getByRole('row').filter({ hasText: 'notes.txt' }).click();
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('d');
  await untilFocused('tree');
  // What is lit is what the bar below is about.
  const current = page.locator('[role="treeitem"][aria-selected="true"]');
  const bar = page.locator('.action-bar');
  await current.filter({ hasText: 'notes.txt' }).waitFor();
  await page.keyboard.press('ArrowUp');
  await current.filter({ hasText: 'letter.txt' }).waitFor();
  await bar.getByText('letter.txt').waitFor();
  await page.keyboard.press('ArrowDown');
  await current.filter({ hasText: 'notes.txt' }).waitFor();
  await bar.getByText('notes.txt').waitFor();
  expect(await page.getByRole('tab', { name: 'Difference', selected: true }).count()).toBe(0);
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Difference', selected: true }).waitFor();
  await page.keyboard.press('Escape');
  await untilFocused('grid');
});

test('no page complained', () => {
  expect(world.complaints).toEqual([]);
});
