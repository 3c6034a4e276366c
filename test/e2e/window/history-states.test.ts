/** What the history page says where there is nothing to look at, or not everything: each state on a real core. */
import { renameSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { DAY_MS, WindowWorld } from '../support/window-world.ts';

const world = new WindowWorld();
let page: Page;
let placeId: string;
let planId: string;

beforeAll(async () => {
  await world.start();
  page = await world.open({ route: '/history' });
  page.setDefaultTimeout(8_000);
}, 30_000);
afterAll(() => world.close());

test('no place is known', async () => {
  await page.getByText('No backup place is known here.').waitFor();
  expect(await page.getByRole('link', { name: 'Get things back from a place' }).getAttribute('href')).toBe(
    '#/recover',
  );
});

test('no backup yet', async () => {
  world.write('Documents/a.txt', 'one', 9 * DAY_MS);
  world.write('Documents/empty/b.txt', 'two', 9 * DAY_MS);
  ({ placeId } = await world.core.addPlace('Blue drive'));
  planId = await world.core.addPlan([world.at('Documents')], [placeId]);
  await page.getByText('No backup yet.').waitFor();
});

test('the first version is looked at as soon as it is there', async () => {
  await world.backUp(planId, placeId, 8 * DAY_MS);
  await page.getByRole('row').filter({ hasText: 'a.txt' }).waitFor();
});

test('an empty folder, and one that was never there', async () => {
  world.remove('Documents/empty/b.txt');
  await world.backUp(planId, placeId, 2 * DAY_MS);
  const folder = (name: string): string => encodeURIComponent(world.at('Documents', name));
  await page.evaluate((to) => void (location.hash = `#/history?folder=${to}`), folder('empty'));
  await page.getByRole('row').filter({ hasText: 'b.txt' }).waitFor();
  await page.keyboard.press('g');
  await page.getByText('Only deleted things are here, and they are hidden.').waitFor();
  await page.getByRole('button', { name: 'Show deleted' }).click();
  await page.getByRole('row').filter({ hasText: 'b.txt' }).waitFor();
  await page.evaluate((to) => void (location.hash = `#/history?folder=${to}`), folder('never'));
  await page.getByText('never was not there at this moment, nor before it.').waitFor();
  await page.getByRole('button', { name: 'To the folder above' }).click();
  await page.getByRole('row').filter({ hasText: 'a.txt' }).waitFor();
});

test('a backup that came to nothing is a gap of its own kind', async () => {
  world.move('Documents', 'Elsewhere');
  const job = await world.core.run({ kind: 'backup', planId, placeId });
  expect(job.state).toBe('failed');
  world.move('Elsewhere', 'Documents');
  await page.keyboard.press('9');
  await page.getByRole('slider').hover();
  await page.getByRole('button', { name: 'Show the bars as a table' }).click();
  await page.getByRole('dialog').getByText('did not come through').waitFor();
  await page.keyboard.press('Escape');
});

test('a place that is away: names can be looked at, and it says what needs it', async () => {
  const place = (await world.core.mirror()).places.find(({ id }) => id === placeId);
  if (place === undefined) throw new Error('no place');
  renameSync(place.location, `${place.location}-away`);
  await world.core.run({ kind: 'readHistory', placeId }).catch(() => undefined);
  await page.getByText('Blue drive is not reachable.').waitFor();
  await page.getByRole('row').filter({ hasText: 'a.txt' }).waitFor();
  renameSync(`${place.location}-away`, place.location);
});

test('no page complained', () => {
  expect(world.complaints).toEqual([]);
});
