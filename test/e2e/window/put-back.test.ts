/**
 * Getting things back, as a person does it: a deleted file found by search, an overwritten one by its difference, names
 * made to do harm. The disk is looked at, not the window's word for it.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { NO_CHROMIUM } from '#test/support/chromium.ts';
import { DAY_MS, WindowWorld } from '../support/window-world.ts';
import { findAxeFaults } from '../support/find-axe-faults.ts';

const AGES_MS = [30, 20, 10, 5, 1].map((days) => days * DAY_MS);
const letter = (rent: number): string =>
  `Dear landlord,\n\nthe rent of ${rent} euros has been paid.\n\nKind regards\n`;
/** HTML, a sign that turns the direction of writing, a line break; and a name that is not UTF-8. */
const HOSTILE = '<img src=x onerror=alert(1)>\u202e\ntxt.exe';
const FOREIGN = Buffer.from('caf\xe9.txt', 'latin1');
/** As long as a name can be, and its twin: told apart at the end, or by a sign that nobody sees. */
const LONG = `${'n'.repeat(250)}1.txt`;
const UNSEEN = 'letter\u200b.txt';

const isSkipped = NO_CHROMIUM !== '';
let world: WindowWorld;
let page: Page;

beforeAll(async () => {
  if (isSkipped) return;
  world = new WindowWorld();
  await world.start();
  world.write('Documents/letter.txt', letter(750));
  const place = await world.core.addPlace('Blue drive');
  const planId = await world.core.addPlan([world.at('Documents')], [place.placeId]);
  await world.makeHistory({ planId, ...place }, AGES_MS, (index, agoMs) => {
    if (index === 0) {
      world.write('Documents/scan 0412.txt', 'the scan', agoMs);
      world.write('Documents/letter.txt', letter(750), agoMs);
      world.write(`Documents/${HOSTILE}`, 'harmless', agoMs);
      writeFileSync(foreignFile(), 'coffee');
      world.write(`Documents/${LONG}`, 'long', agoMs);
      world.write(`Documents/${UNSEEN}`, 'a twin', agoMs);
    }
    if (index === 2) world.remove('Documents/scan 0412.txt');
    if (index === 3) world.write('Documents/letter.txt', letter(800), agoMs);
    world.write('Documents/diary.txt', `${index} days`, agoMs);
  });
  page = await world.open({ route: `/history?folder=${encodeURIComponent(world.at('Documents'))}` });
  await row('letter.txt').waitFor();
});
afterAll(async () => {
  await world?.close();
});

test.skipIf(isSkipped)(`a deleted file: search, put back, undo${NO_CHROMIUM}`, async () => {
  // Before the field can have the focus: none may go astray to the page below.
  await page.evaluate(() => {
    for (const key of ['/', 's', 'c', 'a'])
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  });
  await expect.poll(() => page.getByRole('combobox').inputValue()).toBe('sca');
  await page.getByRole('combobox').press('End');
  await page.keyboard.type('n deleted');
  await expect.poll(() => page.getByRole('combobox').inputValue()).toBe('scan deleted');
  const found = page.getByRole('option');
  await found.getByText('deleted after').waitFor();
  expect(await found.innerText()).toContain('1 version');
  await expectNoComplaintOfAxe('.search-panel');
  await page.keyboard.press('Enter');

  await page.getByRole('heading', { name: 'scan 0412.txt' }).waitFor();
  await page.keyboard.press('r');
  await page.getByText('Puts back 1 file: 1 is missing today.').waitFor();
  await expectNoComplaintOfAxe('.put-back');
  await page.getByRole('button', { name: 'Put 1 file back' }).click();
  await page.getByText('1 file put back and verified.').waitFor();
  expect(readFileSync(world.at('Documents/scan 0412.txt'), 'utf8')).toBe('the scan');

  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Taken back. Everything is as it was before.').waitFor();
  expect(existsSync(world.at('Documents/scan 0412.txt'))).toBe(false);
});

test.skipIf(isSkipped)(
  'an overwritten document: an older version, what differs, put back, undo',
  async () => {
    await goToNow();
    await row('letter.txt').click();
    await page.getByRole('tab', { name: 'Versions' }).click();
    await expectNoComplaintOfAxe('.inspector');
    await page.locator('.version-strip .block').last().hover();
    await page.locator('.hover-preview').getByText('the rent of 750 euros').waitFor();
    await expectNoComplaintOfAxe('.hover-preview');
    await row('letter.txt').hover();
    await page.locator('.hover-preview').waitFor({ state: 'detached' });
    await row('letter.txt').click();
    await page.keyboard.press('[');
    await page.locator('.version-strip [aria-current]').getByText('oldest known').waitFor();
    await page.getByRole('tab', { name: 'Preview' }).click();
    await page.getByText('the rent of 750 euros').waitFor();
    await page.getByRole('tab', { name: 'Difference' }).click();
    await page.locator('.text-difference mark').first().waitFor();
    const marks = await page.locator('.text-difference mark').allInnerTexts();
    expect(marks).toEqual(['750', '800']);
    await expectNoComplaintOfAxe('.inspector');
    await page.getByRole('tab', { name: 'About' }).click();
    await page.getByText(world.at('Documents/letter.txt')).waitFor();
    await page.getByText(/^Blue drive: .+/).waitFor();

    await row('letter.txt').click();
    await page.keyboard.press('r');
    await page.getByText('Puts back 1 file: 1 replaces').waitFor();
    await page.getByRole('button', { name: 'Put 1 file back' }).click();
    await page.getByText('1 file put back and verified.').waitFor();
    expect(readFileSync(world.at('Documents/letter.txt'), 'utf8')).toBe(letter(750));

    await row('letter.txt').click();
    await page.keyboard.press('Control+z');
    await page.getByText('Taken back. Everything is as it was before.').last().waitFor();
    await expect.poll(() => readFileSync(world.at('Documents/letter.txt'), 'utf8')).toBe(letter(800));
  },
);

test.skipIf(isSkipped)(
  'names made to do harm are shown as they are, and come back byte for byte',
  async () => {
    await goToNow();
    const shown = '<img src=x onerror=alert(1)>⟨202E⟩⟨000A⟩txt.exe';
    for (const [name, content] of [
      [shown, 'harmless'],
      ['caf⟨e9⟩.txt', 'coffee'],
      ['letter⟨200B⟩.txt', 'a twin'],
      [LONG, 'long'],
    ] as const) {
      await row(name).click();
      await page.getByRole('tab', { name: 'Preview' }).click();
      await page.locator('.text-preview').getByText(content).waitFor();
    }
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    // However long a name is, the bar says of which version it is.
    const isWhole = (): Promise<boolean> =>
      page.locator('.action-bar p').evaluate((words) => {
        const from = words.lastElementChild!.getBoundingClientRect();
        return from.bottom <= words.getBoundingClientRect().bottom + 1;
      });
    expect(await isWhole()).toBe(true);
    await page.setViewportSize({ width: 1024, height: 640 });
    expect(await isWhole()).toBe(true);
    await page.setViewportSize({ width: 1440, height: 900 });

    rmSync(world.at(`Documents/${HOSTILE}`));
    rmSync(foreignFile());
    rmSync(world.at(`Documents/${LONG}`));
    rmSync(world.at(`Documents/${UNSEEN}`));
    await row(shown).click();
    for (const name of ['caf⟨e9⟩.txt', 'letter⟨200B⟩.txt', LONG])
      await row(name).click({ modifiers: ['Control'] });
    await page.keyboard.press('r');
    await page.getByText('Puts back 4 files: 4 are missing today.').waitFor();
    await page.getByRole('button', { name: 'Put 4 files back' }).click();
    await page.getByText('4 files put back and verified.').waitFor();
    const names = readdirSync(Buffer.from(world.at('Documents')), { encoding: 'buffer' });
    const has = (name: Buffer): boolean => names.some((one) => one.equals(name));
    expect([HOSTILE, LONG, UNSEEN].map((name) => has(Buffer.from(name)))).toEqual([true, true, true]);
    expect(has(FOREIGN)).toBe(true);
    expect(readFileSync(foreignFile(), 'utf8')).toBe('coffee');
  },
);

test.skipIf(isSkipped)('two moments compared: only what differs, and how', async () => {
  await goToNow();
  await row('letter.txt').click();
  await page.keyboard.press('[');
  await page.keyboard.press('d');
  const tree = page.getByRole('tree', { name: 'What differs' });
  await tree.getByText('letter.txt').click();
  const rows = await tree.getByRole('treeitem').allInnerTexts();
  expect(rows.map((text) => text.split(/\s*\n\s*/).slice(0, 2))).toEqual([
    ['diary.txt', 'changed'],
    ['letter.txt', 'changed'],
  ]);
  await page.locator('.text-difference mark').first().waitFor();
  await expectNoComplaintOfAxe('.compare');
  await page.getByText('2 changed', { exact: true }).click();
  await page.getByText('Everything that differs here is hidden by the choices above.').waitFor();
  await page.getByRole('button', { name: 'Stop comparing' }).click();
});

test.skipIf(isSkipped)('what only the other moment has is put back from there', async () => {
  await goToNow();
  expect(existsSync(world.at('Documents/scan 0412.txt'))).toBe(false);
  await page.keyboard.press('Shift+D');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  const tree = page.getByRole('tree', { name: 'What differs' });
  await tree.getByText('scan 0412.txt').click();
  await page
    .locator('.action-bar')
    .getByText(/scan 0412\.txt, 8 bytes, from (?!the newest)/)
    .waitFor();
  await page.keyboard.press('r');
  await page.getByText('Puts back 1 file: 1 is missing today.').waitFor();
  await page.getByRole('button', { name: 'Put 1 file back' }).click();
  await page.getByText('1 file put back and verified.').waitFor();
  expect(readFileSync(world.at('Documents/scan 0412.txt'), 'utf8')).toBe('the scan');
  await page.getByRole('button', { name: 'Stop comparing' }).click();
});

test.skipIf(isSkipped)('how long it takes is said once the place has shown how fast it is', async () => {
  await goToNow();
  world.write('Documents/film.bin', Buffer.alloc(3_000_000, 'film'));
  const [plan] = (await world.core.mirror()).plans;
  await world.backUp(plan?.id ?? '', plan?.placeIds[0] ?? '');
  world.remove('Documents/film.bin');
  for (const expected of [/3 MB to fetch\. Space/, /3 MB to fetch, about \d+ s\. Space/]) {
    await page.getByText('not on disk now').waitFor();
    await row('film.bin').click();
    await page.locator('.action-bar').getByText('film.bin').waitFor();
    await page.keyboard.press('r');
    await page.getByText(expected).waitFor();
    await page.getByRole('button', { name: 'Put 1 file back' }).click();
    await page.getByText('1 file put back and verified.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Taken back. Everything is as it was before.').waitFor();
  }
});

test.skipIf(isSkipped)('nothing was complained of meanwhile', () => {
  expect(world.complaints).toEqual([]);
});

function row(name: string): ReturnType<Page['locator']> {
  return page.getByText(name, { exact: true }).first();
}

function foreignFile(): Buffer {
  return Buffer.concat([Buffer.from(`${world.at('Documents')}/`), FOREIGN]);
}

async function goToNow(): Promise<void> {
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
}

async function expectNoComplaintOfAxe(selector: string): Promise<void> {
  expect(await findAxeFaults(page, selector)).toEqual([]);
}
