/**
 * The other ways of getting things back: a zip file, a copy elsewhere, some of the files, a folder exactly as it was, a restore
 * that is stopped; and the one way to be rid of something. The disk is looked at, not the window's word for it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { systemClock } from '#base/system-clock.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAxeFaults } from '../support/find-axe-faults.ts';
import { DAY_MS, WindowWorld } from '../support/window-world.ts';

/** Enough to be put back in several steps. */
const MANY = 1_200;
const SOON_MS = 15_000;

const world = new WindowWorld();
const homeBefore = process.env['HOME'];
let page: Page;
let placeId: string;
let planId: string;
/** Has no version before the last test. */
let secondId: string;

beforeAll(async () => {
  process.env['HOME'] = world.at();
  await world.start();
  mkdirSync(world.at('Elsewhere'), { recursive: true });
  for (const name of ['one', 'two', 'three']) world.write(`Documents/Letters/${name}.txt`, name, 9 * DAY_MS);
  world.write('Documents/gone.txt', 'deleted later', 9 * DAY_MS);
  world.write('Documents/secret.txt', 'never to be kept', 9 * DAY_MS);
  for (let number = 0; number < MANY; number++)
    world.write(`Documents/Many/${number}.txt`, `number ${number}`, 9 * DAY_MS);
  const place = await world.core.addPlace('Blue drive');
  ({ placeId } = place);
  ({ placeId: secondId } = await world.core.addPlace('Home server'));
  planId = await world.core.addPlan([world.at('Documents')], [placeId, secondId]);
  await world.backUp(planId, placeId, 2 * DAY_MS);
  world.remove('Documents/gone.txt');
  await world.backUp(planId, placeId, DAY_MS);
  page = await world.open({
    route: `/history?folder=${encodeURIComponent(world.at('Documents'))}`,
    reducedMotion: 'reduce',
  });
  page.setDefaultTimeout(SOON_MS);
}, 60_000);
afterAll(async () => {
  process.env['HOME'] = homeBefore;
  await world.close();
});

const row = (name: string) => page.getByRole('row').filter({ hasText: name });
const button = (name: string | RegExp) => page.getByRole('button', { name });
const until = (what: () => unknown, expected: unknown): Promise<void> =>
  expect.poll(what, { timeout: SOON_MS, interval: 50 }).toEqual(expected);

const count = (value: number): string => value.toLocaleString('en-GB');
const filesBack = (): string[] =>
  existsSync(world.at('Documents/Many')) ? readdirSync(world.at('Documents/Many')) : [];

const goTo = (route: string): Promise<unknown> => page.goto(page.url().replace(/#.*/, `#${route}`));

/** A restore of the many stands still once some of them are back. @returns what lets it go on */
function holdWhenBegun(): () => void {
  const go = Promise.withResolvers<void>();
  let loads = 0;
  world.core.hold = async (_method, type) => {
    if (type !== 'pack') return;
    // One after the other, so that the last ones come after the first are done.
    await systemClock.sleep(++loads * 100);
    if (filesBack().length > 0) await go.promise;
  };
  return () => {
    world.core.hold = () => undefined;
    go.resolve();
  };
}

const isHeldRestore = ({ kind, wait }: { readonly kind: string; readonly wait: string | null }): boolean =>
  kind === 'restore' && wait !== null;

async function openSheet(name: string, key: string): Promise<void> {
  await page.keyboard.press('Escape');
  await row(name).click();
  await page.keyboard.press(key);
  await page.getByRole('dialog').waitFor();
}

async function chooseElsewhere(): Promise<void> {
  await button('Choose a folder…').click();
  await button('Elsewhere').click();
  await button('Choose “Elsewhere”').click();
}

test('as a zip file in a folder', async () => {
  await row('Letters').click();
  await button('More').click();
  await page.getByRole('menuitem', { name: 'Export as zip' }).click();
  await page.getByLabel('Name of the zip file').fill('letters of then');
  await chooseElsewhere();
  await page.getByText('~/Elsewhere').waitFor();
  expect(await findAxeFaults(page, '.put-back')).toEqual([]);
  await button('Save the zip file').click();
  await page.getByText('letters of then.zip is in ~/Elsewhere.').waitFor();
  const zip = readFileSync(world.at('Elsewhere', 'letters of then.zip'));
  expect([...zip.subarray(0, 2)]).toEqual([0x50, 0x4b]);
  for (const name of ['one.txt', 'two.txt', 'three.txt']) expect(zip.includes(name)).toBe(true);
});

test('as one zip file, what is there and what was deleted', async () => {
  await page.keyboard.press('Escape');
  await row('Letters').click();
  await row('gone.txt').click({ modifiers: ['Control'] });
  await page.locator('.action-bar').getByText('2 items, 13 bytes, each from its own version').waitFor();
  await button('More').click();
  await page.getByRole('menuitem', { name: 'Export as zip' }).click();
  await page.getByText('Save 2 items, each from its own version, as a zip file').waitFor();
  await page.getByLabel('Name of the zip file').fill('both');
  await chooseElsewhere();
  await button('Save the zip file').click();
  await page.getByText('both.zip is in ~/Elsewhere.').waitFor();
  const zip = readFileSync(world.at('Elsewhere', 'both.zip'));
  for (const name of ['one.txt', 'gone.txt']) expect(zip.includes(name)).toBe(true);
});

test('a copy in another folder, and what is there stays', async () => {
  await openSheet('Letters', 'Shift+R');
  await chooseElsewhere();
  await page.getByText('Puts a copy of 3 files in Elsewhere: 3 are new there.').waitFor();
  await button('Put a copy in Elsewhere').click();
  await page.getByText(/^3 files put in .*Elsewhere and verified\.$/).waitFor();
  expect(readdirSync(world.at('Elsewhere', 'Letters')).toSorted()).toEqual([
    'one.txt',
    'three.txt',
    'two.txt',
  ]);
});

test('of a copy, too, each file is left out or has a rule of its own, and what it replaces comes back', async () => {
  const names = ['one', 'two', 'three'];
  const there = (name: string): string => readFileSync(world.at('Elsewhere/Letters', `${name}.txt`), 'utf8');
  for (const name of names) world.write(`Elsewhere/Letters/${name}.txt`, `mine ${name}`);
  await openSheet('Letters', 'Shift+R');
  await chooseElsewhere();
  await page.getByText('Puts a copy of 3 files in Elsewhere: 3 get a name beside what is there.').waitFor();
  await page.getByLabel('If something is in the way of one.txt').selectOption('replace');
  await page.getByText('1 replaces a newer version, 2 get a name beside what is there.').waitFor();
  await page.getByText('What is replaced is kept for 30 days').waitFor();
  await page.getByRole('checkbox', { name: 'Put a copy of two.txt' }).uncheck();
  await page.getByText('Puts a copy of 2 files in Elsewhere').waitFor();
  expect(await findAxeFaults(page, '.put-back')).toEqual([]);
  await button('Put a copy in Elsewhere').click();
  await page.getByText(/^2 files put in .*Elsewhere and verified\.$/).waitFor();
  expect(names.map(there)).toEqual(['one', 'mine two', 'mine three']);
  const beside = readdirSync(world.at('Elsewhere/Letters')).filter((name) => name.includes('('));
  expect(beside).toEqual([expect.stringMatching(/^three \(from .*\)\.txt$/)]);
  await button('Undo').last().click();
  await page.getByText('Taken back. Everything is as it was before.').last().waitFor();
  expect(names.map(there)).toEqual(['mine one', 'mine two', 'mine three']);

  // What a message says lies over none of the buttons, in the smallest window either.
  await page.setViewportSize({ width: 1024, height: 640 });
  await openSheet('Letters', 'Shift+R');
  await chooseElsewhere();
  await page.getByText('Taken back. Everything is as it was before.').last().waitFor();
  await button('Another folder…').click({ trial: true });
  await button('Cancel').click();
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('one file by a rule of its own, said by keys, the other as for all; all of it taken back', async () => {
  for (const name of ['one', 'two']) world.write(`Documents/Letters/${name}.txt`, `own ${name}`);
  const read = (): Record<string, string> => {
    const names = readdirSync(world.at('Documents/Letters'));
    return Object.fromEntries(
      names.map((name) => [name, readFileSync(world.at('Documents/Letters', name), 'utf8')]),
    );
  };
  const before = read();
  await openSheet('Letters', 'r');
  await page
    .getByText('Puts back 2 files: 2 replace newer versions, 1 is identical and will be left alone.')
    .waitFor();
  const rule = (name: string) => page.getByLabel(`If something is in the way of ${name}`);
  // Nothing is in the way of what is identical.
  expect(await rule('three.txt').count()).toBe(0);
  await rule('one.txt').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.getByText('1 gets a name beside what is there').waitFor();
  expect(await rule('one.txt').inputValue()).toBe('keep-both');
  await page.locator('.line.beside').getByText('gets a name beside it').waitFor();
  expect(await findAxeFaults(page, '.put-back')).toEqual([]);
  // What its rule leaves alone keeps its line, and can have another rule again.
  await rule('two.txt').selectOption('only if missing');
  await page.getByText('1 stays as it is by your rule').waitFor();
  await rule('two.txt').selectOption('as for all');
  await page.getByText('Puts back 2 files: 1 replaces a newer version, 1 gets a name').waitFor();
  await button('Put 2 files back').click();
  await page.getByText('2 files put back and verified.').waitFor();
  const now = read();
  const beside = Object.keys(now).find((name) => /^one \(.*\)\.txt$/.test(name));
  expect(now).toEqual({ ...before, 'two.txt': 'two', [String(beside)]: 'one' });
  await button('Undo').last().click();
  await page.getByText('Taken back. Everything is as it was before.').last().waitFor();
  expect(read()).toEqual(before);
});

test('some of the files, by unticking the others', async () => {
  for (const name of ['one', 'two', 'three']) world.write(`Documents/Letters/${name}.txt`, `newer ${name}`);
  await openSheet('Letters', 'r');
  await page.getByText('Puts back 3 files: 3 replace newer versions.').waitFor();
  await page.getByRole('checkbox', { name: 'Put back two.txt' }).uncheck();
  await page.getByText('Puts back 2 files: 2 replace newer versions.').waitFor();
  await button('Put 2 files back').click();
  await page.getByText('2 files put back and verified.').waitFor();
  const read = (name: string): string => readFileSync(world.at('Documents/Letters', `${name}.txt`), 'utf8');
  expect([read('one'), read('two'), read('three')]).toEqual(['one', 'newer two', 'three']);
});

test('a folder exactly as it was: asked again in words, and taken back', async () => {
  world.write('Documents/Letters/came later.txt', 'of today');
  await openSheet('Letters', 'r');
  await page.getByRole('radio', { name: 'Make it exactly as it was' }).check();
  await page.getByText('1 that came later goes into safe keeping').waitFor();
  await button('Put 1 file back').click();
  const question = page.getByRole('alertdialog', { name: 'Make it exactly as it was' });
  await question.getByText('1 file in “Letters” came later and will be removed.').waitFor();
  expect(await findAxeFaults(page, '.put-back')).toEqual([]);
  await question.getByRole('button', { name: 'Not so' }).click();
  expect(existsSync(world.at('Documents/Letters/came later.txt'))).toBe(true);
  await button('Put 1 file back').click();
  await question.getByRole('button', { name: 'Remove 1 file and put back' }).click();
  await until(() => existsSync(world.at('Documents/Letters/came later.txt')), false);
  await until(() => readFileSync(world.at('Documents/Letters/two.txt'), 'utf8'), 'two');
  await page.getByText('1 file put back and verified.').waitFor();
  await button('Undo').last().click();
  await page.getByText('Taken back. Everything is as it was before.').last().waitFor();
  expect(readFileSync(world.at('Documents/Letters/came later.txt'), 'utf8')).toBe('of today');
  expect(readFileSync(world.at('Documents/Letters/two.txt'), 'utf8')).toBe('newer two');
});

test('taken back on the page of its job: toast and keys know of it, and it can be put back again', async () => {
  for (const name of ['one', 'two', 'three']) world.write(`Documents/Letters/${name}.txt`, `newest ${name}`);
  const read = (): string => readFileSync(world.at('Documents/Letters/one.txt'), 'utf8');
  await openSheet('Letters', 'r');
  await button('Put 3 files back').click();
  const toast = page.locator('.done-toast').filter({ hasText: '3 files put back and verified.' });
  await toast.waitFor();
  await goTo('/activity');
  await page
    .getByRole('link', { name: /Putting back from Blue drive/ })
    .first()
    .click();
  await page.getByRole('main').getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('main').getByText('Taken back.').waitFor();
  expect(read()).toBe('newest one');
  const after = page
    .locator('.done-toast')
    .filter({ hasText: 'Taken back. Everything is as it was before.' });
  await after.waitFor();
  expect(await toast.count()).toBe(0);
  expect(await after.getByRole('button').allInnerTexts()).toEqual(['Put it back again']);
  await page.goBack();
  await page.goBack();
  await row('Letters').waitFor();
  await page.keyboard.press('Control+z');
  await page.getByText('There is nothing to take back.').waitFor();
  await after.getByRole('button', { name: 'Put it back again' }).click();
  await toast.waitFor();
  expect(read()).toBe('one');
  await toast.getByRole('button', { name: 'Undo' }).click();
  await after.waitFor();
  expect(read()).toBe('newest one');
});

test('a page that is loaded anew, or another one, takes back by keys what was put back last', async () => {
  world.remove('Documents/Letters/one.txt');
  await openSheet('Letters', 'r');
  await page.getByRole('radio', { name: 'Only what is missing' }).check();
  await button('Put 1 file back').click();
  await page.getByText('1 file put back and verified.').waitFor();
  expect(existsSync(world.at('Documents/Letters/one.txt'))).toBe(true);
  await page.reload();
  await row('Letters').waitFor();
  await page.keyboard.press('Control+z');
  await page.getByText('Taken back. Everything is as it was before.').waitFor();
  expect(existsSync(world.at('Documents/Letters/one.txt'))).toBe(false);
  await page.keyboard.press('Control+z');
  await page.getByText('There is nothing to take back.').waitFor();
});

test('of one that was put back long ago it is said first which it is, and the keys once more take it back', async () => {
  await openSheet('Letters', 'r');
  await page.getByRole('radio', { name: 'Only what is missing' }).check();
  await button('Put 1 file back').click();
  await page.getByText('1 file put back and verified.').waitFor();
  const later = await world.open({ route: `/history?folder=${encodeURIComponent(world.at('Documents'))}` });
  await later.clock.setFixedTime(Date.now() + 3 * DAY_MS);
  await later.getByRole('row').filter({ hasText: 'Letters' }).waitFor();
  await later.keyboard.press('Control+z');
  await later
    .getByText(/^The last putting back was .*Press Ctrl \+ Z once more, or “Undo”, to take it back\.$/)
    .waitFor();
  expect(existsSync(world.at('Documents/Letters/one.txt'))).toBe(true);
  await later.keyboard.press('Control+z');
  await later.getByText('Taken back. Everything is as it was before.').waitFor();
  expect(existsSync(world.at('Documents/Letters/one.txt'))).toBe(false);
  await later.context().close();
});

test('stopped in the middle: what is back stays, is told, and can be taken back', async () => {
  world.remove('Documents/Many');
  const goOn = holdWhenBegun();
  await openSheet('Many', 'r');
  await button(`Put ${count(MANY)} files back`).click();
  await page.getByText(new RegExp(`^[1-9][0-9,]* of ${count(MANY)} files`)).waitFor();
  await button('Cancel').click();
  goOn();
  const sentence = page.getByText(/files are back\. Stopped before the rest; nothing else was touched\.$/);
  await sentence.waitFor();
  const back = filesBack();
  expect(back.length).toBeGreaterThan(0);
  expect(back.length).toBeLessThan(MANY);
  expect(back.filter((name) => !/^\d+\.txt$/.test(name))).toEqual([]);
  expect(await sentence.innerText()).toMatch(`${count(back.length)} of ${count(MANY)} files are back.`);
  // The same is told, and offered, by the job itself.
  await page.keyboard.press('Escape');
  await goTo('/activity');
  await page
    .getByRole('link', { name: /Putting back from Blue drive/ })
    .first()
    .click();
  await sentence.last().waitFor();
  expect(await findAxeFaults(page, 'main')).toEqual([]);
  await page.getByRole('main').getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('main').getByText('Taken back. Everything is as it was before.').waitFor();
  expect(await page.getByRole('main').getByRole('button', { name: 'Undo' }).count()).toBe(0);
  expect(filesBack()).toEqual([]);
  await page.goBack();
  await page.goBack();
});

test('paused in the middle, also while Tidemark is not running; goes on to its end, and is taken back as one', async () => {
  expect(filesBack()).toEqual([]);
  const release = holdWhenBegun();
  await openSheet('Many', 'r');
  await button(`Put ${count(MANY)} files back`).click();
  await page.getByText(new RegExp(`^[1-9][0-9,]* of ${count(MANY)} files`)).waitFor();
  await button('Pause').click();
  await expect.poll(async () => (await world.core.mirror()).jobs.some(isHeldRestore)).toBe(true);
  release();
  const paused = page.getByText(/^Paused\. /);
  await paused.waitFor({ timeout: 2_000 });
  const back = filesBack();
  expect(back.length).toBeLessThan(MANY);
  expect(await paused.innerText()).toBe(`Paused. ${count(back.length)} of ${count(MANY)} files are back.`);
  expect(await findAxeFaults(page, '.put-back')).toEqual([]);
  const inodes = back.map((name) => statSync(world.at('Documents/Many', name)).ino);
  await world.core.stop();
  await world.start();
  await page.reload();
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByText('Paused by you').waitFor();
  await goTo(`/history?folder=${encodeURIComponent(world.at('Documents'))}`);
  expect(filesBack()).toEqual(back);
  await openSheet('Letters', 'r');
  await page.getByText(`Paused. ${count(back.length)} of ${count(MANY)} files are back.`).waitFor();
  await button('Continue').click();
  await page.getByText(`${count(MANY)} files put back and verified.`).waitFor();
  expect(filesBack()).toHaveLength(MANY);
  expect(back.map((name) => statSync(world.at('Documents/Many', name)).ino)).toEqual(inodes);
  await button('Undo').last().click();
  await page.getByText('Taken back. Everything is as it was before.').last().waitFor();
  expect(filesBack()).toEqual([]);
});

test('erased from every version, for good, after it was said from how many and who else has it', async () => {
  await world.backUp(planId, secondId);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await row('secret.txt').click();
  await button('More').click();
  await page.getByRole('menuitem', { name: 'Erase from history' }).click();
  await page.getByText('It is taken out of 2 versions: 1 file').waitFor();
  await page.getByText('This is the one thing that Tidemark cannot take back.').waitFor();
  await page.getByText('This is about Blue drive only. Home server has it too and keeps it').waitFor();
  expect(await button('Erase from 2 versions').isEnabled()).toBe(false);
  expect(await findAxeFaults(page, '.put-back')).toEqual([]);
  await page.getByRole('checkbox', { name: 'I want it gone for good' }).check();
  await button('Erase from 2 versions').click();
  await page.getByText('Erased from 2 versions.').waitFor();
  // The history is read anew after the versions were written anew.
  await until(async () => {
    const found: unknown[] = [];
    await world.core.calls['browse.search'](
      { placeId: placeId as never, search: { text: 'secret', limit: 10 } },
      { onProgress: ({ results }) => void found.push(...results) },
    );
    return found;
  }, []);
  // What is on the disk now is nobody else's business.
  expect(readFileSync(world.at('Documents/secret.txt'), 'utf8')).toBe('never to be kept');
});

test('no page complained', () => {
  expect(world.complaints).toEqual([]);
});
