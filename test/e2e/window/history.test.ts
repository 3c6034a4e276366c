/** The history page on real versions in a real browser: found by looking, by moving in time, by keys alone. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAxeFaults } from '../support/find-axe-faults.ts';
import { makeLetters, type Letters } from '../support/letters.ts';
import { DAY_MS, WindowWorld } from '../support/window-world.ts';

const SOON_MS = 8_000;
const VERSIONS = 24;

const world = new WindowWorld();
let letters: Letters;
let page: Page;

beforeAll(async () => {
  await world.start();
  letters = await makeLetters(world, VERSIONS);
  world.core.keepsUntilMs = Date.now() + 30 * DAY_MS;
  page = await world.open({ route: `/history?folder=${encodeURIComponent(letters.folder)}` });
  page.setDefaultTimeout(SOON_MS);
}, 90_000);
afterAll(() => world.close());

const row = (name: string): Locator => page.getByRole('row').filter({ hasText: name });
const handle = (): Locator => page.locator('.band .handle');
const slider = (): Locator => page.getByRole('slider', { name: 'Moment in time' });
const until = async (what: () => Promise<unknown>, expected: unknown): Promise<void> =>
  expect.poll(what, { timeout: SOON_MS, interval: 40 }).toEqual(expected);
const isNow = (): Promise<boolean> =>
  page
    .getByRole('button', { name: 'Now', exact: true })
    .getAttribute('aria-pressed')
    .then((value) => value === 'true');
/** The number of the version in view, the oldest 1. */
const version = (): Promise<number> => slider().getAttribute('aria-valuenow').then(Number);

/** Bars that the table tells, by which zoom can be seen. */
const periods = async (): Promise<number> => {
  // What was open before may still be on its way out.
  const table = page.getByRole('dialog').filter({ has: page.getByRole('rowheader') });
  await page.getByRole('button', { name: 'Show the bars as a table' }).click();
  await table.getByRole('rowheader').first().waitFor();
  const count = await table.getByRole('rowheader').count();
  await page.keyboard.press('Escape');
  await table.waitFor({ state: 'detached' });
  return count;
};

const faults = (): Promise<string[]> => findAxeFaults(page);

test('the folder as it is, with what was deleted among it and how all stands to the disk', async () => {
  await row('letter to the landlord.docx').waitFor();
  await until(
    () =>
      row('to do.md')
        .textContent()
        .then((text) => text?.includes('older than now')),
    true,
  );
  expect(await row('rent contract signed.pdf').textContent()).toMatch(/deleted between .+ and .+/);
  expect(await row('rent 2025.pdf').textContent()).toContain('same');
  expect(await row('new today.txt').textContent()).toContain('only on disk now');
  expect(await isNow()).toBe(true);
  const names = await page.locator('.row .name').allTextContents();
  expect(names.slice(0, 4)).toEqual(['Drafts', 'Insurance', 'Old flat', 'complaint heating.odt']);
});

test('from folder to folder the list keeps its height: it is laid out once', async () => {
  const heights = await page.evaluate(async (folder) => {
    const list = document.querySelector('.contents-scroll');
    const seen: number[] = [];
    new ResizeObserver(([entry]) => seen.push(entry?.contentRect.height ?? 0)).observe(list!);
    const step = async (to: string, name: string): Promise<void> => {
      location.hash = `#/history?folder=${encodeURIComponent(to)}`;
      while (![...document.querySelectorAll('.row .name')].some(({ textContent }) => textContent === name))
        await new Promise((resolve) => requestAnimationFrame(resolve));
    };
    await step(`${folder}/Insurance`, 'policy.pdf');
    await step(folder, 'to do.md');
    return seen;
  }, letters.folder);
  expect(heights).toHaveLength(1);
});

test('nothing for axe to find, in both themes', async () => {
  expect(await faults()).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await faults()).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
});

test('versions that the place lets nobody remove say until when: to keys, in the table, under the pointer', async () => {
  const locked = /locked in Blue drive until \d+ \w+/;
  await until(async () => locked.test((await slider().getAttribute('aria-valuetext')) ?? ''), true);
  await page.getByRole('button', { name: 'Show the bars as a table' }).click();
  const table = page.getByRole('dialog').filter({ has: page.getByRole('rowheader') });
  await table.getByText(locked).first().waitFor();
  await page.keyboard.press('Escape');
  await table.waitFor({ state: 'detached' });
  await page.keyboard.press('0');
  const box = (await slider().boundingBox())!;
  await until(async () => {
    for (let share = 0.1; share < 0.9; share += 0.02) {
      await page.mouse.move(box.x + box.width * share, box.y + 60);
      const tip = page.getByRole('tooltip').filter({ hasText: locked });
      if (
        await tip.waitFor({ timeout: 300 }).then(
          () => true,
          () => false,
        )
      )
        return faults();
    }
    return 'no tip says so';
  }, []);
  await page.mouse.move(0, 0);
});

test('a deleted file is found as a ghost, and gone back to', async () => {
  await row('rent contract signed.pdf').click();
  await page.locator('.action-bar').getByText('rent contract signed.pdf').waitFor();
  await page.keyboard.press('ArrowLeft');
  await until(
    async () => (await row('rent contract signed.pdf').textContent())?.includes('not on disk now'),
    true,
  );
  expect(await isNow()).toBe(false);
  expect(await row('rent contract signed.pdf').getAttribute('aria-selected')).toBe('true');
  await page.locator('.action-bar').getByRole('button', { name: 'Put back' }).waitFor();
  await page.keyboard.press('r');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('n');
  await until(isNow, true);
});

test('a deleted folder opens where it was last, and says where to go when it is not there', async () => {
  await row('Drafts').dblclick();
  await row('first try.odt').waitFor();
  await page.keyboard.press('n');
  await page.getByText('Drafts was not there at this moment.').waitFor();
  await page.getByRole('button', { name: 'Go there' }).click();
  await row('first try.odt').waitFor();
  await page.keyboard.press('Alt+ArrowLeft');
  await row('letter to the landlord.docx').waitFor();
  await until(isNow, true);
  await page.keyboard.press('Alt+ArrowRight');
  await row('first try.odt').waitFor();
  await page.keyboard.press('Control+ArrowUp');
  await until(() => row('Drafts').getAttribute('aria-selected'), 'true');
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
});

test('keys move in time: to changes, to versions, to the ends', async () => {
  await page.keyboard.press('Home');
  await until(version, 1);
  await until(async () => (await slider().getAttribute('aria-valuetext'))?.includes('first backup'), true);
  await page.keyboard.press('Shift+ArrowRight');
  await until(version, 2);
  await page.keyboard.press('Shift+ArrowLeft');
  await until(version, 1);
  await row('Insurance').click();
  // It changes at every fifth version: going on stands where it is different from here.
  await page.keyboard.press('ArrowRight');
  await until(version, 6);
  await page.keyboard.press('ArrowRight');
  await until(version, 11);
  await page.keyboard.press('ArrowLeft');
  await until(version, 10);
  expect(await slider().getAttribute('aria-valuetext')).toMatch(/^\w+,? \d+ \w+.* at \d\d:\d\d|^\w+ \d+/);
  await page.keyboard.press('End');
  await until(version, VERSIONS);
  await until(isNow, true);
  await page.keyboard.press('Escape');
});

test('keys move, extend and select; the list keeps the focus in sight', async () => {
  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowDown');
  await until(() => row('Drafts').getAttribute('aria-selected'), 'true');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.locator('.action-bar').getByText('2 items').waitFor();
  await page.keyboard.press('Control+a');
  await page
    .locator('.action-bar')
    .getByText(/1\d items/)
    .waitFor();
  await page.keyboard.press('Escape');
  expect(await page.locator('.action-bar').count()).toBe(0);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await row('policy.pdf').waitFor();
  await page.keyboard.press('Control+ArrowUp');
  await row('to do.md').waitFor();
  await page.keyboard.press('Escape');
});

test('G hides and shows what was deleted', async () => {
  await page.keyboard.press('g');
  await row('scan 0412.pdf').waitFor({ state: 'detached' });
  await page.keyboard.press('g');
  await row('scan 0412.pdf').waitFor();
});

test('a typed date, in words', async () => {
  await page.keyboard.press('t');
  await page.keyboard.type('3 days');
  await page.getByText('That is no date Tidemark understands.').waitFor();
  await page.keyboard.type(' ago');
  await page.getByText('Goes to the version of').waitFor();
  await page.keyboard.press('Enter');
  await until(async () => /[3-6] days ago/.test((await handle().textContent()) ?? ''), true);
  await page.keyboard.press('t');
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await until(isNow, true);
});

test('the playhead is dragged, thrown, and settles on a version; a click goes to the nearest', async () => {
  const box = await handle().boundingBox();
  if (box === null) throw new Error('no handle');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 1; step <= 12; step++) await page.mouse.move(x - step * 30, y);
  await until(isNow, false);
  await page.mouse.up();
  const rested = await handle().textContent();
  await until(async () => (await version()) < VERSIONS, true);
  // What slides still would be at another point soon, and take a step from the keys back.
  let [before, reads] = [rested, 0];
  await until(async () => {
    const text = await handle().textContent();
    reads = text === before ? reads + 1 : 0;
    before = text;
    return reads > 8;
  }, true);
  expect(rested).toMatch(/ago/);
  const band = await slider().boundingBox();
  if (band === null) throw new Error('no band');
  await page.mouse.click(band.x + 30, band.y + 100);
  await until(version, 1);
  await page.keyboard.press('n');
  await until(isNow, true);
});

test('zoom: the last day, all, in by wheel; the table has the same numbers', async () => {
  const all = await periods();
  await page.keyboard.press('9');
  await until(async () => (await periods()) < 8, true);
  await page.keyboard.press('0');
  await until(periods, all);
  await slider().hover({ position: { x: 600, y: 60 } });
  await page.keyboard.down('Control');
  for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, -200);
  await page.keyboard.up('Control');
  await until(async () => (await periods()) < all, true);
  await page.keyboard.press('0');
});

test('the other forms of the folder, the parts of the page, the table of keys', async () => {
  await page.getByRole('button', { name: 'Icons' }).click();
  await page
    .locator('.icon-cell')
    .filter({ hasText: /^scan 0412\.pdfdeleted after \d+ \w+/ })
    .waitFor();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.locator('.column').nth(2).waitFor();
  const older = page.locator('.column-row.edge-differs').filter({ hasText: 'to do.md' });
  await older.getByText('older than now').waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'List' }).click();
  await slider().focus();
  const seen = new Set<string>();
  for (let part = 0; part < 5; part++) {
    await page.keyboard.press('F6');
    seen.add(
      await page.evaluate(
        () => document.activeElement?.closest('[data-region]')?.className.split(' ')[0] ?? '',
      ),
    );
  }
  expect([...seen]).toEqual(expect.arrayContaining(['band', 'contents', 'top-bar']));
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('type a date').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('the rest of the keys: large preview, strip, versions, compare, search, zoom, copy; Esc closes one thing at a time', async () => {
  await page.keyboard.press('n');
  await row('to do.md').click();
  await page.keyboard.press(' ');
  const preview = page.getByRole('dialog');
  await preview.getByText('to do.md').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await preview.getByText('wills and powers.docx').first().waitFor();
  await page.keyboard.press('ArrowUp');
  await preview.getByText('to do.md').first().waitFor();
  await page.keyboard.press(' ');
  await preview.waitFor({ state: 'detached' });

  await page.keyboard.press('v');
  await page.locator('.wide-strip').waitFor();
  await page.keyboard.press('v');
  await page.locator('.wide-strip').waitFor({ state: 'detached' });

  const newest = await version();
  await page.keyboard.press('[');
  await until(async () => (await version()) < newest, true);
  await page.keyboard.press(']');
  await until(version, newest);

  await page.keyboard.press('Shift+D');
  await page.locator('.choosing').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.choosing').waitFor({ state: 'detached' });

  // The other moment is chosen by keys as well; the one in view stays.
  const compared = page.locator('.compare h2');
  await page.keyboard.press('Shift+D');
  await page.keyboard.press('Shift+ArrowLeft');
  await compared.waitFor();
  const near = await compared.innerText();
  await page.keyboard.press('ArrowLeft');
  await until(async () => (await compared.innerText()) === near, false);
  expect(await version()).toBe(newest);
  await page.keyboard.press('Enter');
  await page.locator('.choosing').waitFor({ state: 'detached' });
  await page.keyboard.press('ArrowLeft');
  await until(async () => (await version()) < newest, true);
  await page.keyboard.press('End');
  await until(version, newest);
  await page.keyboard.press('Escape');
  await compared.waitFor({ state: 'detached' });

  await page.keyboard.press('Control+f');
  await page.getByRole('combobox').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('combobox').waitFor({ state: 'detached' });

  await page.keyboard.press('0');
  const all = await periods();
  for (let times = 0; times < 5; times++) await page.keyboard.press('+');
  await until(async () => (await periods()) < all, true);
  for (let times = 0; times < 6; times++) await page.keyboard.press('-');
  await until(periods, all);

  await row('to do.md').click();
  await page.keyboard.press('Shift+R');
  await page.getByRole('dialog').getByText('Where shall the copy go?').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+z');
  await page.getByText('There is nothing to take back.').waitFor();
  // What was open is closed; the page stays.
  for (let times = 0; times < 3; times++) await page.keyboard.press('Escape');
  expect(new URL(page.url()).hash).toMatch(/^#\/history/);
  await until(() => page.locator('.action-bar').count(), 0);
});

test('P keeps a version for ever under a name, and it stays in view though it is written anew', async () => {
  await page.keyboard.press('Home');
  await until(version, 1);
  await page.keyboard.press('p');
  await page.getByLabel('What to call it').fill('before the move');
  await page.keyboard.press('Enter');
  await page.getByText('This version is kept for ever.').waitFor();
  await until(
    async () =>
      (await world.core.calls['browse.points']({ placeId: letters.placeId }))
        .filter(({ isKept }) => isKept)
        .map(({ label }) => label),
    ['before the move'],
  );
  await until(version, 1);
  await page.keyboard.press('n');
});

test('the table of the bars follows the band: a backup made meanwhile, and zoom', async () => {
  await page.keyboard.press('n');
  await page.keyboard.press('0');
  await page.getByRole('button', { name: 'Show the bars as a table' }).click();
  const rows = page
    .getByRole('dialog')
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader') });
  await rows.first().waitFor();
  const versions = async (): Promise<number> => {
    const cells = await page.locator('.heat-table td:nth-child(5)').allInnerTexts();
    return cells.reduce((sum, text) => sum + Number(text), 0);
  };
  const before = await versions();
  world.write('Documents/Letters/to do.md', 'written while the table is open');
  world.core.system = { name: 'Ubuntu', version: '24.10' };
  await world.backUp(letters.planId, letters.placeId);
  await until(versions, before + 1);
  const all = await rows.count();
  await page.keyboard.press('9');
  await until(async () => (await rows.count()) < all, true);
  await page.keyboard.press('0');
  await until(() => rows.count(), all);
  expect(await faults()).toEqual([]);
  await page.keyboard.press('Escape');
  await rows.first().waitFor({ state: 'detached' });
});

test('the last version before the system was updated says so', async () => {
  await page.keyboard.press('Shift+ArrowLeft');
  await until(version, VERSIONS);
  const said = async (): Promise<string> => (await slider().getAttribute('aria-valuetext')) ?? '';
  await until(async () => (await said()).includes('before the update (Ubuntu 24.04 → 24.10)'), true);
  await page.keyboard.press('Shift+ArrowLeft');
  await until(version, VERSIONS - 1);
  await until(async () => (await said()).includes('before the update'), false);
  await page.keyboard.press('n');
});

test('opened from nowhere it says what people come for; in German, too', async () => {
  const english = await world.open({ route: '/history' });
  const deleted = english.getByRole('button', { name: /Recently deleted \(\d+\)/ });
  await deleted.waitFor();
  // Who has moved on has found the way, and does not want it again on the way back.
  await english.keyboard.press('d');
  await deleted.waitFor({ state: 'detached' });
  await english.keyboard.press('d');
  await english.getByRole('row').first().waitFor();
  expect(await deleted.count()).toBe(0);
  await english.close();
  const german = await world.open({ route: '/history', locale: 'de-DE' });
  await german.getByRole('button', { name: /Kürzlich gelöscht \(\d+\)/ }).waitFor();
  await german.keyboard.press('t');
  await german.keyboard.type('vor 3 Tagen');
  await german.getByText('Geht zur Version von').waitFor();
  await german.close();
});

test('no page complained', () => {
  expect(world.complaints).toEqual([]);
});
