/**
 * Copies that go to other programs, in Electron's interface with the built application: opened by the program of the system,
 * and shown in the file manager where they were put; and the page that opens the copies, saved where it is not lost with them.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAxeFaults } from './support/find-axe-faults.ts';
import { launch, type RunningApp } from './support/launch.ts';

const SOON_MS = 20_000;

const home = mkdtempSync(path.join(tmpdir(), 'tidemark-home-'));
const documents = path.join(home, 'Documents');
let running: RunningApp;
let page: Page;

beforeAll(async () => {
  mkdirSync(documents);
  writeFileSync(path.join(documents, 'letter.txt'), 'Dear grandmother,\n');
  writeFileSync(path.join(documents, 'setup.exe'), 'MZ');
  writeFileSync(path.join(documents, 'readme'), '#!/bin/sh\ntouch ran\n');
  chmodSync(path.join(documents, 'readme'), 0o755);
  running = await launch({ env: { HOME: home, XDG_CACHE_HOME: path.join(home, '.cache') } });
  page = await running.window;
  page.setDefaultTimeout(SOON_MS);
}, 30_000);
afterAll(async () => {
  await running?.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

const button = (name: string | RegExp) => page.getByRole('button', { name });
const row = (name: string) => page.getByRole('row').filter({ hasText: name });
const toast = () => page.locator('.mantine-Notification-root');
const opened = () => running.app.evaluate(() => [...globalThis.tidemarkProbe.opened]);

async function showDocuments(): Promise<void> {
  await page.evaluate(
    (folder) => void (location.hash = `#/history?folder=${encodeURIComponent(folder)}`),
    documents,
  );
  await row('letter.txt').waitFor();
}

test('a first copy to take something from', async () => {
  await button('New here').click();
  await page.getByRole('checkbox', { name: 'Documents', exact: true }).waitFor();
  await button('Go on').click();
  await page.getByRole('radio', { name: /This computer's disk/ }).check();
  await button('Start protecting').click();
  await page.getByRole('heading', { name: 'Safe: 3 files' }).waitFor();
  await showDocuments();
});

let copy = '';

test('“Open copy” gives a read-only copy of its own to the program of the system, and says what becomes of changes', async () => {
  await row('letter.txt').click();
  await button('Open copy').click();
  await toast()
    .getByText(/“letter.txt” from .* is open\..*changes made to it are not kept in the backup/)
    .waitFor();
  const [file = ''] = await opened();
  copy = file;
  expect(copy.startsWith(path.join(home, '.cache', 'tidemark', 'handed-out'))).toBe(true);
  expect([path.basename(copy), readFileSync(copy, 'utf8')]).toEqual(['letter.txt', 'Dear grandmother,\n']);
  expect([statSync(copy).mode & 0o777, statSync(path.dirname(copy)).mode & 0o777]).toEqual([0o400, 0o700]);
  expect(await findAxeFaults(page, '.action-bar')).toEqual([]);
  await toast().getByRole('button').first().click();
});

test('a copy can be saved as before, from the menu beside it', async () => {
  await button('More').last().click();
  await page.getByRole('menuitem', { name: 'Save a copy…' }).waitFor();
  await page.keyboard.press('Escape');
});

test.each(['setup.exe', 'readme'])(
  '%s would run: why it is not opened is said, and a copy in a folder offered',
  async (name) => {
    await row(name).click();
    await button('Open copy').click();
    await toast().getByText(`“${name}” is of a kind that runs when it is opened`).waitFor();
    expect(await findAxeFaults(page, '.mantine-Notification-root')).toEqual([]);
    await toast().getByRole('button', { name: 'Put a copy in…' }).click();
    await page.getByRole('dialog').getByText(`Put a copy of “${name}”`).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await opened()).toEqual([copy]);
  },
);

const shown = () => running.app.evaluate(() => [...globalThis.tidemarkProbe.shownInFolder]);

test('what was put back is shown in the file manager, from the toast and from the page of its job', async () => {
  const letter = path.join(documents, 'letter.txt');
  rmSync(letter);
  await row('letter.txt').click();
  await page.keyboard.press('r');
  await button('Put 1 file back').click();
  await page.getByText('1 file put back and verified.').waitFor();
  await toast().getByRole('button', { name: 'Show in folder' }).click();
  await expect.poll(shown).toEqual([letter]);
  await page.keyboard.press('Escape');
  await page.evaluate(() => void (location.hash = '#/activity'));
  await page
    .getByRole('link', { name: /Putting back|Put back/ })
    .first()
    .click();
  await page.getByRole('main').getByRole('button', { name: 'Show in folder' }).click();
  await expect.poll(shown).toEqual([letter, letter]);
  await showDocuments();
});

test('a copy elsewhere is shown where it was put; taken away since, that is said', async () => {
  const elsewhere = path.join(home, 'Elsewhere');
  mkdirSync(elsewhere);
  await row('readme').click();
  await page.keyboard.press('Shift+R');
  await running.answerDialog('showOpenDialog', { canceled: false, filePaths: [elsewhere] });
  await button('Choose a folder…').click();
  await button('Put a copy in Elsewhere').click();
  await page.getByText('1 file put in Elsewhere and verified.').waitFor();
  const show = toast().getByRole('button', { name: 'Show in folder' });
  await show.click();
  await expect.poll(async () => (await shown()).at(-1)).toBe(path.join(elsewhere, 'readme'));
  rmSync(elsewhere, { recursive: true });
  await show.click();
  await page.getByText('Nothing of it is there any more.').waitFor();
  await page.keyboard.press('Escape');
});

test('several are not opened', async () => {
  await row('letter.txt').click();
  await row('readme').click({ modifiers: ['Control'] });
  await button('Save as zip…').last().waitFor();
  expect(await button('Open copy').count()).toBe(0);
});

describe('the recovery kit as a PDF', () => {
  /** Memory is no disk of this computer. */
  const stick = mkdtempSync('/dev/shm/tidemark-stick-');
  const inside = path.join(documents, 'kit.pdf');
  const onStick = path.join(stick, 'kit.pdf');
  afterAll(() => rmSync(stick, { recursive: true, force: true }));
  const choose = (filePath: string) =>
    running.answerDialog('showSaveDialog', { canceled: filePath === '', filePath });

  test('in a folder that is protected: said, and not saved there; elsewhere it is', async () => {
    await page.evaluate(() => void (location.hash = '#/places'));
    await page
      .getByRole('link', { name: /This computer's disk/ })
      .first()
      .click();
    await page.waitForURL(/#\/places\/.+/);
    await page.evaluate(() => void (location.hash += '/kit'));
    await choose(inside);
    await button('Save as PDF').click();
    await page.getByText('kit.pdf is not a good place for this page. Nothing is saved there yet.').waitFor();
    await page.getByText('It is in Documents, which is backed up').waitFor();
    await page.getByText('It is on the same disk as what is protected').waitFor();
    expect(await findAxeFaults(page, '.notice-line')).toEqual([]);
    expect(existsSync(inside)).toBe(false);
    await choose('');
    await button('Save it elsewhere').click();
    await page.getByText('It is in Documents, which is backed up').waitFor();
    await choose(onStick);
    await button('Save it elsewhere').click();
    await page.getByText(`Saved as ${onStick}.`).waitFor();
    expect(await button('Keep it there').count()).toBe(0);
    expect(readFileSync(onStick).subarray(0, 5).toString()).toBe('%PDF-');
    expect(statSync(onStick).mode & 0o777).toBe(0o600);
  });

  test('who wants it there all the same has it there, and is told once more', async () => {
    await choose(inside);
    await button('Save as PDF').click();
    await button('Keep it there').click();
    await page.getByText('This file alone does not help').waitFor();
    expect(existsSync(inside)).toBe(true);
  });
});

test('when Tidemark ends, the copy is gone', async () => {
  await running.close();
  expect(copy).not.toBe('');
  expect(existsSync(copy)).toBe(false);
});
