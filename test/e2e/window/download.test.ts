/** Saving in a browser what a version has: one file however long and whatever it is called, and several as a zip file. */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { handOutFolder } from '#core/cache-folder.ts';
import { findAxeFaults } from '../support/find-axe-faults.ts';
import { DAY_MS, WindowWorld } from '../support/window-world.ts';

const SOON_MS = 15_000;
/** Many blocks, none of them like another. */
const LONG = randomBytes(8_000_000);
/** What no file system of Windows takes, what turns the writing, and no UTF-8 at all. */
const HOSTILE = Buffer.concat([Buffer.from('bill "1":\u202efdp'), Buffer.from([0xff]), Buffer.from('.txt')]);

const world = new WindowWorld();
const cacheBefore = process.env['XDG_CACHE_HOME'];
let page: Page;

beforeAll(async () => {
  process.env['XDG_CACHE_HOME'] = world.core.at('cache');
  await world.start();
  world.write('Documents/film.mp4', LONG, 9 * DAY_MS);
  world.write('Documents/gone.txt', 'deleted later', 9 * DAY_MS);
  world.write('Documents/Letters/one.txt', 'one', 9 * DAY_MS);
  world.write('Documents/Letters/Größe.txt', 'zwei', 9 * DAY_MS);
  writeFileSync(Buffer.concat([Buffer.from(`${world.at('Documents')}/`), HOSTILE]), 'hostile');
  const place = await world.core.addPlace('Blue drive');
  const planId = await world.core.addPlan([world.at('Documents')], [place.placeId]);
  await world.backUp(planId, place.placeId, 2 * DAY_MS);
  world.remove('Documents/gone.txt');
  world.write('Documents/film.mp4', 'another film');
  await world.backUp(planId, place.placeId, DAY_MS);
  page = await world.open({
    route: `/history?folder=${encodeURIComponent(world.at('Documents'))}`,
    reducedMotion: 'reduce',
  });
  page.setDefaultTimeout(SOON_MS);
}, 60_000);
afterAll(async () => {
  if (cacheBefore === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = cacheBefore;
  await world.close();
});

const row = (name: string | RegExp) => page.getByRole('row').filter({ hasText: name });
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function saved(act: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [download]: [Download, void] = await Promise.all([page.waitForEvent('download'), act()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

test('an older version of a long film, as it was', async () => {
  await row('film.mp4').click();
  await page.keyboard.press('[');
  await row('film.mp4').getByText('older than now').waitFor();
  const { name, bytes } = await saved(() => button('Download').first().click());
  expect(name).toBe('film.mp4');
  expect(sha256(bytes)).toBe(sha256(LONG));
});

test('a name that means ill is saved under one that does not', async () => {
  await row(/^bill/).click();
  const { name, bytes } = await saved(() => page.locator('.action-bar .save-copy').click());
  expect(name).toBe('bill _1___fdp_.txt');
  expect(bytes.toString()).toBe('hostile');
});

test('several, with one that was deleted, as one zip file that leaves nothing behind', async () => {
  await page.keyboard.press('n');
  await row('Letters').click();
  await row('gone.txt').click({ modifiers: ['Control'] });
  expect(await findAxeFaults(page, '.details')).toEqual([]);
  const { name, bytes } = await saved(() => page.locator('.inspector').getByText('Download as zip').click());
  expect(name).toMatch(/^Letters \+1\.zip$/);
  await page.getByText('Letters +1.zip is ready; your browser saves it.').waitFor();
  mkdirSync(world.core.at('out'));
  writeFileSync(world.core.at('out.zip'), bytes);
  execFileSync('python3', ['-m', 'zipfile', '-e', world.core.at('out.zip'), world.core.at('out')]);
  const read = (...names: string[]): string =>
    readFileSync(path.join(world.core.at('out'), ...names), 'utf8');
  expect([read('gone.txt'), read('Letters', 'one.txt'), read('Letters', 'Größe.txt')]).toEqual([
    'deleted later',
    'one',
    'zwei',
  ]);
  const root = handOutFolder(world.core.at('profile'));
  await expect.poll(() => existsSync(root) && readdirSync(root)).toEqual([]);
});

test('a place that is away is a sentence, not a broken download', async () => {
  await page.keyboard.press('Escape');
  const drive = world.core.at('Blue drive');
  await row('film.mp4').click();
  renameSync(drive, `${drive} away`);
  await page.locator('.action-bar .save-copy').click();
  await page.locator('.mantine-Notification-root').filter({ hasText: 'Blue drive' }).first().waitFor();
  renameSync(`${drive} away`, drive);
});

test('a file that is dragged over the window is not opened in its place, and the window says what to do', async () => {
  const drag = (kind: 'dragover' | 'drop'): Promise<boolean> =>
    page.evaluate((name) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'page.html'));
      return document.body.dispatchEvent(
        new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true }),
      );
    }, kind);
  expect(await drag('dragover')).toBe(false);
  await page.getByText('A browser does not say where a file lies.').waitFor();
  expect(await findAxeFaults(page, '.drop-zone')).toEqual([]);
  expect(await drag('drop')).toBe(false);
  await page.locator('.drop-zone').waitFor({ state: 'detached' });
  await row('film.mp4').waitFor();
});

test('nothing was complained about', () => {
  expect(world.complaints).toEqual([]);
});
