/** Getting things back: a bare computer takes over from a place, and a backup that restic made is opened and left as it is. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeRecoveryCode } from '#contract/recovery-code.ts';
import { NO_CHROMIUM } from '#test/support/chromium.ts';
import { NO_RESTIC, resticPrograms } from '#test/support/restic.ts';
import { findAxeFaults } from '../support/find-axe-faults.ts';
import { WindowWorld } from '../support/window-world.ts';

const [restic] = resticPrograms();
const whyNot = NO_CHROMIUM !== '' ? NO_CHROMIUM : restic === undefined ? ` (skipped: ${NO_RESTIC})` : '';

const world = new WindowWorld();
let page: Page;
let code: string;

beforeAll(async () => {
  world.write('Documents/letter.txt', 'dear sir');
  await world.start();
  const { placeId, recoveryCode } = await world.core.addPlace();
  code = recoveryCode;
  const planId = await world.core.addPlan([world.at('Documents')], [placeId]);
  await world.backUp(planId, placeId);
  await world.core.run({ kind: 'saveSettings', placeId });
  await world.core.stop();
  // Another computer, which knows nothing.
  await world.core.start('another');
});
afterAll(() => world.close());

/** From the first question of a bare computer to the place at an address. */
async function chooseAddress(address: string): Promise<void> {
  await page.getByRole('button', { name: 'Type an address' }).click();
  await page.getByLabel('Address from the recovery kit').fill(address);
  await page.getByRole('button', { name: 'Use it' }).click();
}

test.skipIf(NO_CHROMIUM !== '')(`a bare computer finds nothing where nothing is${NO_CHROMIUM}`, async () => {
  page = await world.open();
  page.setDefaultTimeout(20_000);
  await page.getByRole('link', { name: 'Getting things back' }).click();
  await page.getByRole('heading', { name: 'Where are the copies?' }).waitFor();
  expect(await page.getByRole('navigation').count()).toBe(0);
  mkdirSync(world.core.at('empty'));
  await chooseAddress(world.core.at('empty'));
  await page.getByText('There is no backup in this folder.').waitFor();
  const field = page.getByLabel('Address from the recovery kit');
  await field.fill(world.core.at('no', 'such', 'drive'));
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByRole('alert').waitFor();
  await field.fill(world.core.at('drive'));
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByRole('heading', { name: 'Recovery code' }).waitFor();
});

test.skipIf(NO_CHROMIUM !== '')(
  `a wrong group is named, another kit's code refused${NO_CHROMIUM}`,
  async () => {
    const field = page.getByLabel('Recovery code or passphrase');
    const letter = code[6] === 'A' ? 'B' : 'A';
    await field.fill(`${code.slice(0, 6)}${letter}${code.slice(7, 12)}`);
    await page.getByText('Group 2 is not right: compare it with the page, letter by letter.').waitFor();
    expect(await page.getByRole('button', { name: 'Open' }).isEnabled()).toBe(false);
    await field.fill(makeRecoveryCode((length) => randomBytes(length)).reveal());
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('This code does not open it.').waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await field.fill(code.toLowerCase().replaceAll('-', ' '));
    await page.getByText('8 of 8 groups are right').waitFor();
    await page.getByRole('button', { name: 'Open' }).click();
  },
);

test.skipIf(NO_CHROMIUM !== '')(`plans, places and history come back${NO_CHROMIUM}`, async () => {
  await page.getByText('Protects Letters').waitFor();
  await page.getByText('Copies in drive').waitFor();
  expect(await findAxeFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Go on as this computer' }).click();
  await page.getByText('Brought back: 1 set of protected folders, 1 backup place.').waitFor();
  const { plans, places } = await world.core.mirror();
  expect([plans.map(({ name }) => name), places.map(({ name }) => name)]).toEqual([['Letters'], ['drive']]);
  // Whoever has just typed it has it.
  expect(places[0]?.isRecoveryProven).toBe(true);
  const points = await world.core.calls['browse.points']({ placeId: places[0]?.id ?? '' });
  expect(points.length).toBeGreaterThan(0);
  await page.getByRole('link', { name: 'Look around and put things back' }).click();
  expect(new URL(page.url()).hash).toBe('#/history');
  for (const kept of [page.url(), await page.content(), world.core.log.join()])
    expect(kept).not.toContain(code.slice(0, 5));
});

test.skipIf(whyNot !== '')(
  `a backup of restic is opened, and nothing is written into it${whyNot}`,
  async () => {
    const location = world.core.at('restic');
    const run = (...args: string[]): void => {
      const { status, stderr } = spawnSync(restic?.path ?? '', ['-q', '-r', location, ...args], {
        env: { ...process.env, RESTIC_PASSWORD: 'old password' },
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([0, '']);
    };
    run('init');
    run('backup', '--host', 'attic', world.at('Documents'));
    const before = listing(location);
    await page.evaluate(() => void (globalThis.location.hash = '#/recover?from=restic'));
    await page.getByRole('heading', { name: 'Open an existing backup' }).waitFor();
    await chooseAddress(location);
    await page.getByLabel('Password', { exact: true }).fill('new password');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('This password does not open it. Nothing was changed.').waitFor();
    await page.getByLabel('Password', { exact: true }).fill('old password');
    await page.getByLabel('Name of this place').fill('Attic');
    expect(await page.getByRole('checkbox').isChecked()).toBe(false);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: 'It is open.' }).waitFor();
    const place = (await world.core.mirror()).places.find(({ name }) => name === 'Attic');
    expect(place?.secret).toBe('session');
    await world.core.run({ kind: 'readHistory', placeId: place?.id ?? '' });
    const [point] = await world.core.calls['browse.points']({ placeId: place?.id ?? '' });
    expect(point?.hostname).toBe('attic');
    expect(listing(location)).toEqual(before);
    expect(world.complaints).toEqual([]);
  },
);

/** Everything but locks, which come and go. */
function listing(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => !name.startsWith('locks')).toSorted();
}
