/**
 * A place whose data is really damaged: the window says so, one button mends what another place or this computer still has,
 * and what is nowhere is given up only by a decision. The real restic agrees in the end that all is whole.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSourceFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import { NO_CHROMIUM } from '#test/support/chromium.ts';
import { reopenEagerly } from '#test/support/eager-lock.ts';
import { backupRequest, openTestRepository, testPipeline } from '#test/support/engine.ts';
import { newestRestic } from '#test/support/restic.ts';
import { findAxeFaults } from '../support/find-axe-faults.ts';
import { DAY_MS, WindowWorld } from '../support/window-world.ts';

const run = promisify(execFile);
const world = new WindowWorld();
let page: Page;
let blue: { placeId: string; recoveryCode: string };
let planId: string;

const back = (placeId: string, agoMs = 0) => world.backUp(planId, placeId, agoMs);
const go = (route: string) => page.evaluate((hash) => void (location.hash = hash), `#${route}`);
const told = () => page.getByRole('article').filter({ hasText: /^.*Part of what Blue drive holds/ });
const verify = () => world.core.run({ kind: 'verify', placeId: blue.placeId as never, part: 1, of: 1 });
const packs = (): string[] =>
  readdirSync(world.core.at('Blue drive', 'data'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /[0-9a-f]{64}$/.test(name))
    .map((name) => world.core.at('Blue drive', 'data', name));

/** A byte in each; every file of the place that no window could have known of. */
function flip(files: readonly string[]): void {
  for (const file of files) {
    const bytes = readFileSync(file);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    rmSync(file);
    writeFileSync(file, bytes);
  }
}

/** Whether the real restic finds it whole, all of it read. */
async function resticAgrees(): Promise<void> {
  for (const { path: program } of newestRestic()) {
    const repository = world.core.at('Blue drive');
    const env = { ...process.env, RESTIC_PASSWORD: blue.recoveryCode, RESTIC_REPOSITORY: repository };
    const { stdout } = await run(program, ['check', '--read-data', '--no-cache'], { env });
    expect(stdout).toContain('no errors were found');
  }
}

describe.skipIf(NO_CHROMIUM !== '')(`a damaged place${NO_CHROMIUM}`, () => {
  beforeAll(async () => {
    await world.start();
    for (let number = 0; number < 6; number++)
      world.write(`Documents/letter ${number}.txt`, `${number} ${'x'.repeat(3_000)}`, 9 * DAY_MS);
    blue = await world.core.addPlace('Blue drive');
    const server = await world.core.addPlace('Home server');
    planId = await world.core.addPlan([world.at('Documents')], [blue.placeId, server.placeId]);
    await back(blue.placeId, 3 * DAY_MS);
    await back(server.placeId, 3 * DAY_MS);
    await world.core.calls['pause.set']({ untilMs: Date.now() + DAY_MS });
    for (const place of [blue, server])
      await world.core.calls['places.proveRecovery']({
        placeId: place.placeId as never,
        code: place.recoveryCode,
      });
    page = await world.open({ reducedMotion: 'reduce' });
    page.setDefaultTimeout(15_000);
  }, 60_000);
  afterAll(() => world.close());

  test('E1, E2: what another place has comes back by one button, and nothing is lost', async () => {
    flip(packs());
    expect((await verify()).state).toBe('doneExcept');
    await page
      .getByRole('heading', { name: /^Everything is safe, but not in every place\. Part of what Blue drive/ })
      .waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await told().getByRole('link', { name: 'See what is affected' }).waitFor();
    await told().getByRole('button', { name: 'Mend it' }).click();
    await told().waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: /^Everything is safe/ }).waitFor();
    const mended = (await world.core.mirror()).jobs.find(({ kind }) => kind === 'mend')!;
    expect(mended).toMatchObject({ state: 'done', result: { errorCount: 0 } });
    await go(`/activity/${mended.id}`);
    await page
      .getByText(/^What was damaged is mended, and was read again: it is whole\. \d+ pieces/)
      .waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await resticAgrees();
    // What was damaged is kept aside.
    const kept = readdirSync(world.core.at('profile', 'kept', blue.placeId));
    expect(kept.filter((name) => name.startsWith('pack-')).length).toBeGreaterThan(0);
  });

  test('what is nowhere is named, and goes only when somebody decides so', async () => {
    // In this version of this place alone.
    world.write('Documents/secret plan.txt', randomBytes(30_000), 2 * DAY_MS);
    const before = new Set(packs());
    await back(blue.placeId, 2 * DAY_MS);
    world.remove('Documents/secret plan.txt');
    const fresh = packs().filter((file) => !before.has(file));
    await back(blue.placeId);
    // What was in it, and not the list of its folder.
    flip(fresh.filter((file) => statSync(file).size > 30_000));
    expect((await verify()).state).toBe('doneExcept');
    await go('/');
    // Of an older version only: told, and no alarm.
    await page
      .getByRole('heading', { name: /^Everything is safe, with exceptions\. Part of what/ })
      .waitFor();
    await told().getByRole('button', { name: 'Mend it' }).click();
    await told().getByRole('link', { name: 'See what is lost' }).click();
    await page.getByText(/^What could be found was got back\. The rest is nowhere to be found/).waitFor();
    await page.getByText(`${world.at('Documents')}/secret plan.txt`, { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Go on without it' }).click();
    const dialog = page.getByRole('dialog', { name: 'Go on without what is lost?' });
    await dialog.getByText('This cannot be taken back.').waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Go on without it' }).click();
    await page
      .getByText(/^What is left is whole again\. 1 version goes on without what was lost\.$/)
      .waitFor();
    await go('/');
    await page.getByRole('heading', { name: /^Everything is safe\. The newest version/ }).waitFor();
    await resticAgrees();
    // The version is still there, with all the rest.
    const points = await world.core.calls['browse.points']({ placeId: blue.placeId as never });
    const agoMs = points.map(({ timeMs }) => Date.now() - timeMs - 2 * DAY_MS);
    expect(agoMs.filter((ms) => Math.abs(ms) < 10 * 60_000)).toHaveLength(1);
  });

  test('E3: a lost list of what is stored is made anew from the place itself', async () => {
    const index = world.core.at('Blue drive', 'index');
    for (const name of readdirSync(index)) flip([path.join(index, name)]);
    await go(`/places/${blue.placeId}`);
    await page.getByRole('button', { name: 'Mend', exact: true }).click();
    await page.getByText('It is being mended now.').waitFor();
    await expect
      .poll(async () => (await world.core.mirror()).jobs.find(({ kind }) => kind === 'mend')?.state, {
        timeout: 15_000,
      })
      .toBe('done');
    await resticAgrees();
  });

  test('E4 a version whose description is damaged is described anew, with all that is in it', async () => {
    const timesOf = async () => {
      const points = await world.core.calls['browse.points']({ placeId: blue.placeId as never });
      return points.map(({ timeMs, isFileDamaged }) => ({ timeMs, isFileDamaged }));
    };
    await world.core.run({ kind: 'readHistory', placeId: blue.placeId as never });
    const before = await timesOf();
    expect(before.length).toBeGreaterThan(2);
    const snapshots = world.core.at('Blue drive', 'snapshots');
    flip(readdirSync(snapshots).map((name) => path.join(snapshots, name)));
    expect((await verify()).state).toBe('doneExcept');
    await go('/');
    await told().getByRole('button', { name: 'Mend it' }).click();
    await told().waitFor({ state: 'detached' });
    const mended = (await world.core.mirror()).jobs.find(({ kind }) => kind === 'mend')!;
    expect(mended).toMatchObject({ state: 'done', result: { errorCount: 0 } });
    await go(`/activity/${mended.id}`);
    await page.getByText(/^\d+ versions had a damaged description and have a whole one again/).waitFor();
    await world.core.run({ kind: 'readHistory', placeId: blue.placeId as never });
    const after = await timesOf();
    expect(after).toEqual(expect.arrayContaining(before));
    expect(after.some(({ isFileDamaged }) => isFileDamaged)).toBe(false);
    await resticAgrees();
  });

  test('E4 of a version that nothing is known of, what is left comes back when somebody says so', async () => {
    const snapshots = world.core.at('Blue drive', 'snapshots');
    const before = new Set(readdirSync(snapshots));
    world.write('Documents/of another program.txt', 'never listed here', DAY_MS);
    const place = await openTestRepository(world.core.at('Blue drive'), blue.recoveryCode);
    await executeBackup(
      { repository: reopenEagerly(place), files: createSourceFiles(), pipeline: testPipeline },
      backupRequest([world.at('Documents')], { tags: ['another program'], hostname: 'elsewhere' }),
    );
    flip(
      readdirSync(snapshots)
        .filter((name) => !before.has(name))
        .map((name) => path.join(snapshots, name)),
    );
    await go(`/places/${blue.placeId}`);
    await page.getByRole('button', { name: 'Mend', exact: true }).click();
    const last = async () => (await world.core.mirror()).jobs.find(({ kind }) => kind === 'mend')!;
    await expect.poll(async () => (await last()).state, { timeout: 15_000 }).toBe('doneExcept');
    await go(`/activity/${(await last()).id}`);
    await page.getByText(/^The description of 1 version is damaged, and nothing is known here/).waitFor();
    await page.getByRole('button', { name: 'Get back what is left' }).click();
    const dialog = page.getByRole('dialog', { name: 'Get back what is left of them?' });
    await dialog.getByText(/^Everything stored that belongs to no version/).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Get back what is left' }).click();
    await page.getByText(/^What was left of damaged versions is back as \d+ versions? marked/).waitFor();
    await resticAgrees();
  });

  test('no page complained', () => {
    expect(world.complaints).toEqual([]);
  });
});
