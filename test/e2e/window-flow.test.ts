/**
 * The main ways through the window in Electron's interface, with the built application, its own engine process and a home that
 * knows nothing yet: from the first start to the first restored file; a deleted file as a ghost, put back, and taken back; an
 * overwritten one found by its name, compared, and put back.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, type RunningApp } from './support/launch.ts';

const SOON_MS = 20_000;

const home = mkdtempSync(path.join(tmpdir(), 'tidemark-home-'));
const letter = path.join(home, 'Documents', 'letter.txt');
let running: RunningApp;
let page: Page;

beforeAll(async () => {
  mkdirSync(path.join(home, 'Documents'));
  writeFileSync(letter, 'Dear grandmother,\n');
  writeFileSync(path.join(home, 'Documents', 'notes.md'), 'buy milk\n');
  running = await launch({ env: { HOME: home } });
  page = await running.window;
  page.setDefaultTimeout(SOON_MS);
}, 30_000);
afterAll(async () => {
  await running?.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

const button = (name: string | RegExp) => page.getByRole('button', { name });
const row = (name: string) => page.getByRole('row').filter({ hasText: name });

test('from the first start to the first copy, in three clicks', async () => {
  await button('New here').click();
  await page.getByRole('checkbox', { name: 'Documents', exact: true }).waitFor();
  await button('Go on').click();
  // A drive of whoever runs this is not to be written to.
  await page.getByRole('radio', { name: /This computer's disk/ }).check();
  await button('Start protecting').click();
  await page.getByRole('heading', { name: 'Safe: 2 files' }).waitFor();
  const place = path.join(home, 'Tidemark');
  expect(readdirSync(path.join(place, 'snapshots')).length).toBeGreaterThan(0);
  await page.getByRole('link', { name: /^You could already get back: / }).waitFor();
});

test('a deleted file is a ghost among the others; put back; taken back by its undo', async () => {
  rmSync(letter);
  await page.evaluate(
    (folder) => void (location.hash = `#/history?folder=${encodeURIComponent(folder)}`),
    path.join(home, 'Documents'),
  );
  await row('letter.txt').getByText('not on disk now').waitFor();
  await row('letter.txt').click();
  await page.keyboard.press('r');
  await page.getByText('Puts back 1 file: 1 is missing today.').waitFor();
  await button('Put 1 file back').click();
  await page.getByText('1 file put back and verified.').waitFor();
  expect(readFileSync(letter, 'utf8')).toBe('Dear grandmother,\n');
  await button('Undo').click();
  await page.getByText('Taken back. Everything is as it was before.').waitFor();
  expect(existsSync(letter)).toBe(false);
});

test('a copy goes where the dialog of the system says', async () => {
  const elsewhere = path.join(home, 'Elsewhere');
  mkdirSync(elsewhere);
  await page.keyboard.press('Escape');
  await row('notes.md').click();
  await page.keyboard.press('Shift+R');
  await running.answerDialog('showOpenDialog', { canceled: false, filePaths: [elsewhere] });
  await button('Choose a folder…').click();
  await button('Put a copy in Elsewhere').click();
  await page.getByText('1 file put in Elsewhere and verified.').waitFor();
  expect(readFileSync(path.join(elsewhere, 'notes.md'), 'utf8')).toBe('buy milk\n');
});

test('an overwritten document: found by its name, its versions compared, the right one put back', async () => {
  const notes = path.join(home, 'Documents', 'notes.md');
  writeFileSync(notes, 'buy bread\n');
  await page.keyboard.press('Escape');
  await button('Back up now').click();
  await expect
    .poll(() => page.getByRole('slider').getAttribute('aria-valuemax'), { timeout: SOON_MS })
    .toBe('2');
  await page.keyboard.press('/');
  await page.keyboard.type('notes');
  await page.getByRole('option', { name: 'notes.md' }).filter({ hasText: '2 versions' }).waitFor();
  await page.keyboard.press('Enter');
  await row('notes.md').click();
  await page.keyboard.press('[');
  await row('notes.md').getByText('older than now').waitFor();
  await page.getByRole('tab', { name: 'Difference' }).click();
  const marks = page.locator('.text-difference mark');
  await marks.first().waitFor();
  expect(await marks.allInnerTexts()).toEqual(['milk', 'bread']);
  await row('notes.md').click();
  await page.keyboard.press('r');
  await page.getByText('Puts back 1 file: 1 replaces').waitFor();
  await button('Put 1 file back').click();
  await page.getByText('1 file put back and verified.').waitFor();
  expect(readFileSync(notes, 'utf8')).toBe('buy milk\n');
});
