/**
 * When something is wrong for good: the window says so first, says what is safe, and has the one button that mends it. Each
 * fault is made on the disk itself.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountOf } from '#services/keys/place-access.ts';
import { findAxeFaults } from '../support/find-axe-faults.ts';
import { DAY_MS, WindowWorld } from '../support/window-world.ts';

const world = new WindowWorld();
let page: Page;
let placeId: string;
let recoveryCode: string;
let planId: string;

beforeAll(async () => {
  await world.start();
  for (let number = 0; number < 8; number++)
    world.write(`Documents/letter ${number}.txt`, `Dear number ${number}, ${'x'.repeat(2_000)}`, 9 * DAY_MS);
  ({ placeId, recoveryCode } = await world.core.addPlace('Blue drive'));
  planId = await world.core.addPlan([world.at('Documents')], [placeId]);
  await world.backUp(planId, placeId, 2 * DAY_MS);
  page = await world.open({ reducedMotion: 'reduce' });
  page.setDefaultTimeout(10_000);
}, 60_000);
afterAll(() => world.close());

const backUp = () => world.core.run({ kind: 'backup', planId: planId as never, placeId: placeId as never });
const problem = (title: string | RegExp) => page.getByRole('article').filter({ hasText: title });

test('a folder that is suddenly empty: nothing is saved, the reason is told, and whoever means it says so', async () => {
  const letters = readdirSync(world.at('Documents')).map(
    (name) => [name, readFileSync(world.at('Documents', name))] as const,
  );
  for (const [name] of letters) rmSync(world.at('Documents', name));
  expect((await backUp()).error?.code).toBe('files.sourceEmpty');
  const told = problem('Documents is empty now, but was not in the last version.');
  await told.getByText(/^The newest version in Blue drive is from 2 days ago, and safe\./).waitFor();
  await told.getByRole('link', { name: 'See why' }).click();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  await page.getByRole('button', { name: 'It is meant to be empty' }).click();
  await page.getByText('done', { exact: true }).waitFor();
  for (const [name, bytes] of letters) writeFileSync(world.at('Documents', name), bytes);
  expect((await backUp()).state).toBe('done');
  await page.evaluate(() => void (location.hash = '#/'));
  await problem('is empty now').waitFor({ state: 'detached' });
});

test('the small file that opens the place is lost: one click puts it back', async () => {
  const config = world.core.at('Blue drive', 'config');
  const before = readFileSync(config);
  rmSync(config);
  expect((await backUp()).error?.code).toBe('repository.notFound');
  await page
    .getByRole('heading', { name: /^Something is in danger\. What Blue drive holds cannot be opened/ })
    .waitFor();
  expect(await findAxeFaults(page)).toEqual([]);
  await problem('cannot be opened').getByRole('button', { name: 'Put it back' }).click();
  await problem('cannot be opened').waitFor({ state: 'detached' });
  expect(readFileSync(config)).toEqual(before);
  // What had failed is made up for by itself.
  await page
    .getByRole('heading', { name: /^Everything is safe, with exceptions\. Only this computer/ })
    .waitFor();
});

test('its keys are lost, and so is the one that this computer knew: the recovery code puts them back', async () => {
  const keys = world.core.at('Blue drive', 'keys');
  const before = readdirSync(keys);
  const lost = new Map(before.map((name) => [name, readFileSync(path.join(keys, name))]));
  for (const name of before) rmSync(path.join(keys, name));
  expect((await backUp()).state).toBe('failed');
  await problem('cannot be opened').waitFor();
  await world.core.keychain.delete(accountOf(placeId));
  await problem('cannot be opened').getByRole('button', { name: 'Put it back' }).click();
  const dialog = page.getByRole('dialog', { name: 'Put back what Blue drive lacks' });
  const field = dialog.getByLabel('Recovery code or passphrase');
  await field.fill('not the code');
  await dialog.getByRole('button', { name: 'Put it back' }).click();
  await dialog.getByText(/does not open/).waitFor();
  expect(await findAxeFaults(page)).toEqual([]);
  expect(readdirSync(keys)).toEqual([]);
  await field.fill(recoveryCode.toLowerCase());
  await dialog.getByRole('button', { name: 'Put it back' }).click();
  await page.getByText('Blue drive can be opened again.').waitFor();
  for (const name of readdirSync(keys)) expect(readFileSync(path.join(keys, name))).toEqual(lost.get(name));
  expect(readdirSync(keys).length).toBeGreaterThan(0);
  await problem('cannot be opened').waitFor({ state: 'detached' });
  expect((await backUp()).state).toBe('done');
  await page.evaluate(() => void (location.hash = '#/'));
});

test('stored data is damaged: the proof names the files, and each leads to its versions', async () => {
  const data = world.core.at('Blue drive', 'data');
  for (const name of readdirSync(data, { recursive: true, encoding: 'utf8' })) {
    if (!/[0-9a-f]{64}$/.test(name)) continue;
    const bytes = readFileSync(path.join(data, name));
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    rmSync(path.join(data, name));
    writeFileSync(path.join(data, name), bytes);
  }
  const job = await world.core.run({ kind: 'verify', placeId: placeId as never, part: 1, of: 1 });
  expect(job.state).toBe('doneExcept');
  await page
    .getByRole('heading', {
      name: 'Something is in danger. Part of what Blue drive holds of Letters is damaged.',
    })
    .waitFor();
  await page.getByRole('link', { name: 'See what is affected' }).click();
  await page.getByRole('heading', { name: /damaged files and folders$/ }).waitFor();
  await page.getByText(world.at('Documents'), { exact: true }).first().waitFor();
  expect(await findAxeFaults(page)).toEqual([]);
  await page.getByRole('link', { name: 'See its versions' }).first().click();
  await page.getByRole('slider', { name: 'Moment in time' }).waitFor();
});

test('no page complained', () => {
  expect(world.complaints).toEqual([]);
});
