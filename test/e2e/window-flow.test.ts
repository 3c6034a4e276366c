/**
 * The main ways through the window in Electron's interface, with the built application, its own engine process and a home that
 * knows nothing yet: from the first start to the first restored file; a deleted file as a ghost, put back, and taken back; an
 * overwritten one found by its name, compared, and put back; files dragged out to other programs.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, type RunningApp } from './support/launch.ts';
import { silence } from './support/silence.ts';

const SOON_MS = 20_000;
/** 21 MB: ten times what a player is given at once. */
const CONCERT_SECONDS = 120;

interface DragWindow {
  readonly tidemark: { dragOut(what: unknown): Promise<void> };
}

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

/** Lets files go over the window; the test host takes a file's name for its path. */
async function drop(...paths: readonly string[]): Promise<void> {
  await page.evaluate((names) => {
    const dataTransfer = new DataTransfer();
    for (const name of names) dataTransfer.items.add(new File([], name));
    const how = { dataTransfer, bubbles: true, cancelable: true };
    if (document.body.dispatchEvent(new DragEvent('drop', how))) throw new Error('the window would open it');
  }, paths);
}

const button = (name: string | RegExp) => page.getByRole('button', { name });
const row = (name: string) => page.getByRole('row').filter({ hasText: name });

test('from the first start to the first copy, in three clicks', async () => {
  await button('New here').click();
  await page.getByRole('checkbox', { name: 'Documents', exact: true }).waitFor();
  mkdirSync(path.join(home, 'Sketches'));
  await drop(path.join(home, 'Sketches'));
  await page.getByRole('checkbox', { name: 'Sketches' }).waitFor();
  await button('Take Sketches off the list').click();
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
  writeFileSync(path.join(home, 'Documents', 'concert.wav'), silence(CONCERT_SECONDS));
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

/** Presses the button on it and moves it some way off. */
async function dragFrom(what: Locator): Promise<void> {
  await what.hover({ position: { x: 30, y: 12 } });
  await page.mouse.down();
  const { x = 0, y = 0 } = (await what.boundingBox()) ?? {};
  await page.mouse.move(x + 80, y + 60, { steps: 4 });
}

const chosen = () => page.locator('.row.is-chosen').count();

test('dragged out: a row, all chosen rows at once, and an older version from the strip', async () => {
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  // Only the newest version has it: then that is the one to be seen.
  await row('concert.wav').waitFor();
  await row('notes.md').click();
  await dragFrom(row('notes.md'));
  await expect.poll(() => running.drags(), { timeout: SOON_MS }).toHaveLength(1);
  await page.mouse.up();
  const [[notes] = []] = await running.drags();
  expect(path.basename(notes ?? '')).toBe('notes.md');
  expect(readFileSync(notes ?? '', 'utf8')).toBe('buy bread\n');
  const folder = path.dirname(notes ?? '');
  expect(folder.startsWith(path.join(home, '.cache', 'tidemark', 'handed-out'))).toBe(true);
  expect(statSync(folder).mode & 0o777).toBe(0o700);

  // A press on one of several leaves the others chosen; what was deleted comes from where it was last.
  await row('letter.txt').click({ modifiers: ['Control'] });
  expect(await chosen()).toBe(2);
  await dragFrom(row('notes.md'));
  expect(await chosen()).toBe(2);
  await expect.poll(() => running.drags(), { timeout: SOON_MS }).toHaveLength(2);
  await page.mouse.up();
  expect(await chosen()).toBe(2);
  const both = (await running.drags())[1] ?? [];
  expect(both.map((file) => path.basename(file)).toSorted()).toEqual(['letter.txt', 'notes.md']);
  expect(readFileSync(both.find((file) => file.endsWith('letter.txt')) ?? '', 'utf8')).toBe(
    'Dear grandmother,\n',
  );
  await row('notes.md').click();
  expect(await chosen()).toBe(1);

  await page.getByRole('tab', { name: 'Versions' }).click();
  await dragFrom(page.locator('.version-strip .block').last());
  await expect.poll(() => running.drags(), { timeout: SOON_MS }).toHaveLength(3);
  await page.mouse.up();
  expect(readFileSync((await running.drags())[2]?.[0] ?? '', 'utf8')).toBe('buy milk\n');
});

test('let go too early: told when it is ready, and dragged once more at once', async () => {
  await row('letter.txt').click();
  await dragFrom(row('letter.txt'));
  await page.mouse.up();
  await page.getByText('“letter.txt” is ready: drag once more.').waitFor();
  expect(await running.drags()).toHaveLength(3);
  await dragFrom(row('letter.txt'));
  await expect.poll(() => running.drags(), { timeout: SOON_MS }).toHaveLength(4);
  await page.mouse.up();
});

test('a copy is saved from the address of its contents, as an attachment though it could be played', async () => {
  await row('concert.wav').click();
  // The system's dialog for a download is Electron's own; the host has none.
  await page.evaluate(() => {
    HTMLAnchorElement.prototype.click = function () {
      document.title = this.href;
    };
  });
  await button('Save a copy…').last().click();
  await expect.poll(() => page.title(), { timeout: SOON_MS }).toMatch(/\/concert\.wav\?save$/);
  const answer = await page.evaluate(
    async (address) => {
      const got = await fetch(address);
      return [got.status, got.headers.get('content-disposition'), (await got.arrayBuffer()).byteLength];
    },
    await page.title(),
  );
  expect(answer).toEqual([
    200,
    expect.stringMatching(/^attachment; .*concert\.wav$/),
    silence(CONCERT_SECONDS).length,
  ]);
});

test('a page can name no file of the disk', async () => {
  const refused = (what: unknown): Promise<string> =>
    page.evaluate(
      (asked) => (window as never as DragWindow).tidemark.dragOut(asked).then(() => 'dragged', String),
      what,
    );
  for (const what of ['/etc/passwd', '../../config', 'a'.repeat(32), 7, ['/etc/passwd'], ''])
    expect(await refused(what)).toContain('Error');
  expect(await running.drags()).toHaveLength(4);
});

test('a recording plays by parts, and is wound to its end', async () => {
  const sent: { readonly status: number; readonly bytes: number }[] = [];
  page.on('response', (response) => {
    if (!response.url().endsWith('/concert.wav')) return;
    sent.push({ status: response.status(), bytes: Number(response.headers()['content-length']) });
  });
  await row('concert.wav').click();
  await page.getByRole('tab', { name: 'Preview' }).click();
  const player = page.locator('.media-preview audio');
  await player.waitFor();
  const says = (what: 'duration' | 'currentTime' | 'ended') =>
    player.evaluate((element, key) => (element as HTMLAudioElement)[key], what);
  await expect.poll(() => says('duration'), { timeout: SOON_MS }).toBeCloseTo(CONCERT_SECONDS, 0);
  await player.evaluate((element) => {
    const audio = element as HTMLAudioElement;
    audio.muted = true;
    return audio.play();
  });
  await expect.poll(() => says('currentTime'), { timeout: SOON_MS }).toBeGreaterThan(0.5);
  await player.evaluate((element) => {
    const audio = element as HTMLAudioElement;
    audio.currentTime = audio.duration - 0.3;
  });
  await expect.poll(() => says('ended'), { timeout: SOON_MS }).toBe(true);
  expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([206]));
  expect(sent.length).toBeGreaterThan(1);
  expect(sent.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(12_000_000);
});

test('dropped on the window: folders are added where they are asked for, elsewhere the earlier versions are shown', async () => {
  await page.evaluate(() => void (location.hash = '#/folders/new'));
  await page.getByText('Choose at least one folder.').first().waitFor();
  await drop(path.join(home, 'Sketches'), path.join(home, 'Documents', 'notes.md'));
  await page.getByText('Only folders can be added: “notes.md” is none, or cannot be read.').waitFor();
  await page
    .getByRole('list', { name: 'Folders, ticked if they are copied' })
    .getByText('Sketches')
    .waitFor();
  await page.evaluate(() => void (location.hash = '#/activity'));
  await page.getByRole('heading', { name: 'Activity' }).waitFor();
  await drop(path.join(home, 'Documents', 'notes.md'));
  await row('notes.md').waitFor();
  await expect.poll(chosen).toBe(1);
});
