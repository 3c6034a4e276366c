/**
 * Who can open the copies, in the window: a helper code with a page of its own, the own passphrase, and taking them back. The
 * real restic opens with what was made, also at a place that was away while it was made.
 */
import { execFile } from 'node:child_process';
import { renameSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_CHROMIUM } from '#test/support/chromium.ts';
import { newestRestic } from '#test/support/restic.ts';
import { findAxeFaults } from '../support/find-axe-faults.ts';
import { DAY_MS, WindowWorld } from '../support/window-world.ts';

const run = promisify(execFile);
const world = new WindowWorld();
let page: Page;
let drive: { placeId: string; recoveryCode: string };
let stick: typeof drive;
let planId: string;

const PASSPHRASE = 'quiet moss unfolds twelve';

const go = (route: string) => page.evaluate((hash) => void (location.hash = hash), `#${route}`);
const row = (title: string) => page.getByRole('listitem').filter({ hasText: title });

/** Whether the real restic opens the place with what was typed; true where there is none to ask. */
async function resticOpens(place: string, password: string): Promise<boolean> {
  for (const { path: program } of newestRestic()) {
    const env = { ...process.env, RESTIC_PASSWORD: password, RESTIC_REPOSITORY: world.core.at(place) };
    try {
      await run(program, ['snapshots', '--no-cache', '--no-lock'], { env });
    } catch (error) {
      expect(String((error as { stderr: string }).stderr)).toMatch(/wrong password|no key found/);
      return false;
    }
  }
  return true;
}

describe.skipIf(NO_CHROMIUM !== '')(`who can open the copies${NO_CHROMIUM}`, () => {
  beforeAll(async () => {
    await world.start();
    world.write('Documents/letter.txt', 'to grandmother', 9 * DAY_MS);
    drive = await world.core.addPlace('Blue drive');
    stick = await world.core.addPlace('Stick');
    planId = await world.core.addPlan([world.at('Documents')], [drive.placeId, stick.placeId]);
    for (const { placeId } of [drive, stick]) {
      await world.backUp(planId, placeId);
      await world.core.run({ kind: 'readHistory', placeId: placeId as never });
    }
    await world.core.calls['places.proveRecovery']({
      placeId: drive.placeId as never,
      code: drive.recoveryCode,
    });
    page = await world.open({ reducedMotion: 'reduce', acceptDownloads: true });
    page.setDefaultTimeout(15_000);
  }, 60_000);
  afterAll(() => world.close());

  test('a helper code gets a page of its own, and opens every place with restic as well', async () => {
    renameSync(world.core.at('Stick'), world.core.at('Stick, unplugged'));
    await go(`/places/${drive.placeId}/kit`);
    await row('This computer').getByText('In use').waitFor();
    expect(await row('This computer').getByRole('button').count()).toBe(0);
    await page.getByText('Stays until another way in is proven').first().waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add a helper code' }).click();
    const dialog = page.getByRole('dialog', { name: 'Someone else may open this' });
    await dialog.getByLabel('Given to').fill('Anna');
    expect(await findAxeFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Make the page' }).click();
    await page.getByRole('heading', { name: 'The helper page for Anna' }).waitFor();
    await page.getByText('The code opens Stick as soon as it was connected once more.').waitFor();
    const sheet = page.locator('main').getByRole('article', { name: 'Tidemark helper page' });
    await sheet.getByText(/^With this page Anna can open the copies/).waitFor();
    await sheet.getByText(`Stick: ${world.core.at('Stick')}`).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    const code = (await sheet.locator('.code b').allTextContents()).join('-');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as PDF' }).click();
    expect((await saved).suggestedFilename()).toBe('Tidemark helper page Anna.pdf');
    expect(await resticOpens('Blue drive', code)).toBe(true);

    renameSync(world.core.at('Stick, unplugged'), world.core.at('Stick'));
    await expect
      .poll(async () => {
        await world.core.run({ kind: 'readHistory', placeId: stick.placeId as never });
        return resticOpens('Stick', code);
      })
      .toBe(true);

    // Withdrawn alone.
    await go(`/places/${drive.placeId}/kit`);
    const helper = row('Helper code, given to Anna');
    await helper.getByText(/opens Blue drive and Stick$/).waitFor();
    await helper.getByRole('button', { name: 'Withdraw' }).click();
    const asked = page.getByRole('dialog', { name: /^Withdraw: Helper code/ });
    await asked.getByText(/keeps access to that copy/).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await asked.getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText('Helper code, given to Anna: Withdrawn.').waitFor();
    await helper.waitFor({ state: 'detached' });
    for (const place of ['Blue drive', 'Stick']) {
      expect(await resticOpens(place, code)).toBe(newestRestic().length === 0);
    }
    expect(await resticOpens('Blue drive', drive.recoveryCode)).toBe(true);
  });

  test('the own passphrase is measured, and opens every place with restic as well', async () => {
    await page.getByRole('button', { name: 'Set your own passphrase' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your own passphrase' });
    const [field, again] = [
      dialog.getByLabel('Passphrase', { exact: true }),
      dialog.getByLabel('Once more', { exact: true }),
    ];
    const set = dialog.getByRole('button', { name: 'Set it' });
    await field.fill('iloveyou');
    await dialog.getByText(/^This is on the lists of leaked passwords/).waitFor();
    await field.fill('Liverpool1892!');
    await dialog.getByText(/somebody who has the copies could find it/).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await again.fill('Liverpool1892!');
    expect(await set.isDisabled()).toBe(true);
    await field.fill(PASSPHRASE);
    await dialog.getByText(/nobody gets through these/).waitFor();
    await again.blur();
    await dialog.getByText('This is not the same.').waitFor();
    expect(await set.isDisabled()).toBe(true);
    await again.fill(PASSPHRASE);
    await set.click();
    await page.getByText('The passphrase opens the copies from now on.').waitFor();
    await row('Own passphrase')
      .getByText(/opens Blue drive and Stick$/)
      .waitFor();
    for (const place of ['Blue drive', 'Stick']) expect(await resticOpens(place, PASSPHRASE)).toBe(true);
    await go(`/places/${stick.placeId}/kit`);
    await page.getByText('Your passphrase opens the copies.').waitFor();
    expect(await page.getByText('only this computer can open').count()).toBe(0);
    // Another way in is proven: the code may go.
    await row('Recovery code').first().getByRole('button', { name: 'Withdraw' }).waitFor();
  });

  test('the page of a code that was told once is not made again', async () => {
    const { id } = await world.core.calls['keys.addHelper']({ givenTo: 'Ben' });
    await go(`/places/${drive.placeId}/kit?helper=${id}`);
    await page.getByText(/^The code of this page was shown once/).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
  });

  test('no page complained', () => {
    expect(world.complaints).toEqual([]);
  });
});
