/** Much to save: within a minute of the first start something can be got back, while the rest is still on its way. */
import { existsSync, readFileSync, truncateSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAxeFaults } from '../support/find-axe-faults.ts';
import { HOUR_MS, WindowWorld } from '../support/window-world.ts';

const LETTER = 'Documents/letter.txt';

const world = new WindowWorld();
const homeBefore = process.env['HOME'];
let page: Page;
let goOn: () => void;

beforeAll(async () => {
  process.env['HOME'] = world.at();
  world.write(LETTER, 'dear reader', HOUR_MS);
  world.write('Documents/film.mkv', '');
  truncateSync(world.at('Documents/film.mkv'), 65_000_000);
  await world.start();
  const whole = Promise.withResolvers<void>();
  goOn = whole.resolve;
  let saved = 0;
  world.core.hold = (method, type) =>
    method === 'save' && type === 'snapshot' && ++saved > 1 ? whole.promise : undefined;
  page = await world.open();
  page.setDefaultTimeout(20_000);
}, 30_000);
afterAll(async () => {
  process.env['HOME'] = homeBefore;
  await world.close();
});

test('the first screen names a file that could be got back already', async () => {
  await page.getByRole('button', { name: 'New here' }).click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('radio', { name: /This computer's disk/ }).check();
  await page.getByRole('button', { name: 'Start protecting' }).click();
  await page.getByRole('link', { name: 'You could already get back: letter.txt' }).waitFor();
  expect(await page.getByText('Everything you chose is safe now').count()).toBe(0);
  expect(await findAxeFaults(page)).toEqual([]);
});

test('it comes back before the first backup has ended, which is said', async () => {
  world.remove(LETTER);
  await page.getByRole('link', { name: 'You could already get back' }).click();
  await page
    .getByText(
      'The first backup is still under way. 1 file that was saved ahead of it can be got back already.',
    )
    .waitFor();
  expect(await findAxeFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Put back', exact: true }).click();
  await page.getByRole('button', { name: /^Put .* back$/ }).click();
  await expect.poll(() => existsSync(world.at(LETTER)), { timeout: 20_000 }).toBe(true);
  expect(readFileSync(world.at(LETTER), 'utf8')).toBe('dear reader');
});

test('when all is there, the small version says that it is only the beginning', async () => {
  goOn();
  await page.getByRole('button', { name: 'Now', exact: true }).click();
  await page.getByRole('row').filter({ hasText: 'film.mkv' }).getByText('same').waitFor();
  await expect.poll(() => page.getByText('first backup').count()).toBe(0);
  await page.keyboard.press('Home');
  await page.getByText('This version has only 1 file that was saved ahead of the first whole one.').waitFor();
  expect(world.complaints).toEqual([]);
});
