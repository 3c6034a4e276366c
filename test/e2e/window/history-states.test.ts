/** What the history page says where there is nothing to look at, or not everything: each state on a real core. */
import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { findAxeFaults } from '../support/find-axe-faults.ts';
import { DAY_MS, HOUR_MS, WindowWorld } from '../support/window-world.ts';

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

test('the first backup is under way; what it has made is looked at as soon as it is there', async () => {
  const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
  world.core.hold = (method, type) => (method === 'save' && type === 'snapshot' ? goesOn : undefined);
  const job = world.backUp(planId, placeId, 8 * DAY_MS);
  try {
    await page.getByText('The first backup is running.').waitFor();
    await page.getByText(/^\d files? ha(s|ve) been looked at so far\.$/).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
  } finally {
    goOn();
    await job;
  }
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

test('while the place is away backups are missed, and that is told from a computer that was off', async () => {
  const mirror = await world.core.mirror();
  const [place] = mirror.places;
  const plan = mirror.plans.find(({ id }) => id === planId);
  if (place === undefined || plan === undefined) throw new Error('no place or plan');
  const { id, pause: _pause, createdAtMs: _created, changedAtMs: _changed, ...choices } = plan;
  renameSync(place.location, `${place.location}-away`);
  await world.letPass(DAY_MS, 20, async (step) => {
    const schedule = { maxAgeMs: HOUR_MS, fixedTimes: [], isWatching: false };
    if (step === 0) await world.core.calls['plans.put']({ id, choices: { ...choices, schedule } });
    await expect.poll(async () => (await world.core.mirror()).next[0]?.wait).toBe('placeAway');
  });
  await world.core.calls['plans.put']({ id, choices });
  renameSync(`${place.location}-away`, place.location);
  await page.keyboard.press('0');
  await page.getByRole('button', { name: 'Show the bars as a table' }).click();
  await page.getByRole('dialog').getByText('should have run; the place was away').first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('a backup that came to nothing is a gap of its own kind', async () => {
  world.move('Documents', 'Elsewhere');
  const job = await world.core.run({ kind: 'backup', planId, placeId });
  expect(job.state).toBe('failed');
  world.move('Elsewhere', 'Documents');
  await page.keyboard.press('9');
  await page.getByRole('slider').hover();
  // The band may not have heard of the run yet; the table hears of it with it.
  await page.getByRole('button', { name: 'Show the bars as a table' }).click();
  await page.getByRole('dialog').getByText('did not come through').waitFor({ timeout: 15_000 });
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('a place goes away while it is browsed: names can be looked at, and it says what needs it', async () => {
  const place = (await world.core.mirror()).places.find(({ id }) => id === placeId);
  if (place === undefined) throw new Error('no place');
  await page.getByRole('row').filter({ hasText: 'a.txt' }).click();
  renameSync(place.location, `${place.location}-away`);
  await page.getByRole('tab', { name: 'Preview' }).click();
  await page.getByText('To look into it, Blue drive is needed.').waitFor();
  await page.getByText('Blue drive is not reachable.').waitFor();
  await page.getByRole('row').filter({ hasText: 'a.txt' }).waitFor();
  renameSync(`${place.location}-away`, place.location);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('.text-preview').getByText('one').waitFor();
  await page.getByText('Blue drive is not reachable.').waitFor({ state: 'detached' });
});

test('what was changed while the window was not looked at is seen when it is looked at again', async () => {
  const state = page.getByRole('row').filter({ hasText: 'a.txt' });
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  await state.getByText('same').waitFor();
  world.write('Documents/a.txt', 'changed by another program');
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  await state.getByText('older than now').waitFor();
});

test('a version that looks random all at once carries a warning', async () => {
  const text = Array.from({ length: 400 }, (_, line) => `Line ${line} of the thesis.\n`).join('');
  world.write('Documents/thesis.txt', text);
  await world.backUp(planId, placeId);
  world.write('Documents/thesis.txt', `${text}And one more.\n`);
  await world.backUp(planId, placeId);
  world.write('Documents/thesis.txt', randomBytes(text.length));
  await world.backUp(planId, placeId);
  const folder = encodeURIComponent(world.at('Documents'));
  await page.evaluate((to) => void (location.hash = `#/history?folder=${to}&at=now`), folder);
  await page.getByRole('row').filter({ hasText: 'thesis.txt' }).click();
  await page.getByRole('tab', { name: 'Versions' }).click();
  const blocks = page.locator('.version-strip .block');
  await blocks.first().getByText('Looks random all at once').waitFor();
  expect(await blocks.count()).toBe(3);
  expect(await page.locator('.version-strip .warning').count()).toBe(1);
  expect(await findAxeFaults(page, '.inspector')).toEqual([]);
});

test('more than anybody reads that were deleted are one row, in a list and in columns', async () => {
  for (let number = 0; number <= 500; number++) world.write(`Documents/scans/${number}.txt`, `${number}`);
  world.write('Documents/scans/stays.txt', 'stays');
  await world.backUp(planId, placeId);
  for (let number = 0; number <= 500; number++) world.remove(`Documents/scans/${number}.txt`);
  await world.backUp(planId, placeId);
  const folder = encodeURIComponent(world.at('Documents', 'scans'));
  await page.evaluate((to) => void (location.hash = `#/history?folder=${to}&at=now`), folder);
  await page.getByRole('row').filter({ hasText: 'stays.txt' }).waitFor();
  await page.getByText('501 deleted items').waitFor();
  await page.getByRole('button', { name: 'Columns' }).click();
  const own = page.locator('.column.is-own');
  await own.getByText('501 deleted items').waitFor();
  expect(await findAxeFaults(page, '.contents')).toEqual([]);
  await own.getByRole('button', { name: 'Show them' }).click();
  await own.getByText('3.txt', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'List' }).click();
});

test('no page complained', () => {
  expect(world.complaints).toEqual([]);
});
