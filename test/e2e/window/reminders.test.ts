/**
 * What the window asks and tells although nothing is wrong: on an application that has run for some months, the kit is looked
 * for; after a week something is got back for once; after a month one place is too few.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findAxeFaults } from '../support/find-axe-faults.ts';
import { DAY_MS, WindowWorld } from '../support/window-world.ts';

const world = new WindowWorld();
let page: Page;
let placeId: string;
let kit: string;

beforeAll(async () => {
  await world.start();
  world.write('Documents/letter.txt', 'Dear Anna, the heating is cold again.', 9 * DAY_MS);
  await world.ago(40 * DAY_MS, async () => {
    const drive = await world.core.addPlace('Blue drive');
    ({ placeId } = drive);
    kit = drive.recoveryCode;
    await world.core.calls['places.proveRecovery']({ placeId: drive.placeId, code: kit });
  });
  const planId = await world.ago(8 * DAY_MS, () =>
    world.core.addPlan([world.at('Documents')], [placeId], {
      schedule: { maxAgeMs: 10 * DAY_MS, fixedTimes: [], isWatching: false },
    }),
  );
  await world.backUp(planId, placeId, DAY_MS);
  // Where the trial puts its copy.
  vi.stubEnv('HOME', world.at());
  page = await world.open({ reducedMotion: 'reduce' });
  page.setDefaultTimeout(10_000);
}, 60_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await world.close();
});

const card = (title: string | RegExp) => page.getByRole('article').filter({ hasText: title });
const QUESTION = 'Do you still know where the recovery kit for Blue drive is?';

test('after a month the kit is asked for, quietly: one group of it, and that of another kit is told', async () => {
  await page.getByRole('heading', { name: /^Everything is safe\. The newest version is/ }).waitFor();
  expect(await findAxeFaults(page)).toEqual([]);
  await card(QUESTION).getByRole('link', { name: 'Type one group' }).click();
  await page.getByRole('heading', { name: 'Do you still know where your recovery kit is?' }).waitFor();
  const field = page.getByLabel('Group 5 from your page');
  await field.fill('00000');
  await page.getByText(/^Group 5 is not right/).waitFor();
  // Of a kit for another place: well formed, and not this one.
  const other = (await world.core.addPlace('Other')).recoveryCode.split('-')[4]!;
  await field.fill(other);
  await page.getByText('Group 5 is of another page. Only the newest page counts.').waitFor();
  expect(await findAxeFaults(page)).toEqual([]);
  await field.fill(kit.split('-')[4]!.toLowerCase());
  await page.getByRole('heading', { name: 'Good: this page is still the right one.' }).waitFor();
  await page.getByText(/Tidemark asks again on \d/).waitFor();
  await page.evaluate(() => void (location.hash = '#/'));
  await page.getByRole('heading', { name: /^Everything is safe/ }).waitFor();
  await card(QUESTION).waitFor({ state: 'detached' });
});

test('who cannot find it makes another one, and the old one is worth nothing once that is proven', async () => {
  await page.evaluate((id) => void (location.hash = `#/places/${id}/kit`), placeId);
  await page.getByRole('button', { name: 'I cannot find it' }).click();
  await page.getByRole('button', { name: 'Make a new page' }).click();
  await page.locator('.kit-sheet-frame section.code b').nth(7).waitFor();
  expect((await world.core.mirror()).places.find(({ id }) => id === placeId)?.isRecoveryProven).toBe(false);
  await page.evaluate(() => void (location.hash = '#/'));
  await page.getByRole('heading', { name: /^Everything is safe, with exceptions/ }).waitFor();
});

test('after a week something is got back for once, and taken away again', async () => {
  await card(/1 version is safe by now/)
    .getByRole('link', { name: 'Try it' })
    .click();
  await page.getByRole('heading', { name: 'letter.txt from ~/Documents' }).waitFor();
  expect(await findAxeFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Get a copy of letter.txt' }).click();
  await page
    .getByRole('heading', { name: /^letter\.txt is back and verified\. It took \d+ second/ })
    .waitFor();
  const folder = world.at('Tidemark trial');
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('letter.txt'),
  );
  expect(readFileSync(`${folder}/${found[0]}`, 'utf8')).toBe('Dear Anna, the heating is cold again.');
  expect(await findAxeFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Remove the copy again' }).click();
  await page.getByText('The copy is gone again. Everything is as it was.').waitFor();
  expect(existsSync(`${folder}/${found[0]}`)).toBe(false);
  await page.getByRole('link', { name: 'Done' }).click();
  await card(/safe by now/).waitFor({ state: 'detached' });
});

test('after a month one place is said to be few, until a person says that it is enough', async () => {
  await world.ago(31 * DAY_MS, () =>
    world.core.addPlan([world.at('Documents')], [placeId], {
      name: 'Early',
      schedule: { maxAgeMs: 40 * DAY_MS, fixedTimes: [], isWatching: false },
    }),
  );
  const told = card('Everything is in one place only, Blue drive.');
  expect(await told.getByRole('link', { name: 'Add a place' }).getAttribute('href')).toBe('#/places/new');
  await told.getByRole('button', { name: 'One is enough' }).click();
  await told.waitFor({ state: 'detached' });
  await world.core.stop();
  await world.core.start();
  expect((await world.core.mirror()).health.problems.map(({ code }) => code)).not.toContain('onePlace');
});

test('no page complained', () => {
  expect(world.complaints).toEqual([]);
});
