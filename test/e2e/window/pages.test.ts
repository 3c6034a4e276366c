/**
 * The pages around the timeline, on two plans with two places of which one is away: the overview tells the truth and leads to
 * the mend; the editor of a plan, a new place, activity with its per-file problems, settings that count at once.
 */
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_CHROMIUM } from '#test/support/chromium.ts';
import { findAxeFaults } from '../support/find-axe-faults.ts';
import { DAY_MS, HOUR_MS, WindowWorld } from '../support/window-world.ts';

const world = new WindowWorld();
let page: Page;
let letters: string;
let photos: string;

const schedule = (maxAgeMs: number) => ({ schedule: { maxAgeMs, fixedTimes: [], isWatching: false } });
const go = (route: string): Promise<void> =>
  page.evaluate((hash) => void (location.hash = hash), `#${route}`);
const heading = (name: string | RegExp) => page.getByRole('heading', { name });
const button = (name: string | RegExp) => page.getByRole('button', { name });

describe.skipIf(NO_CHROMIUM !== '')(`the pages of the window${NO_CHROMIUM}`, () => {
  beforeAll(async () => {
    await world.start();
    world.write('Documents/letter.txt', 'one');
    world.write('Documents/Old/attic.txt', 'long ago');
    world.write('Documents/.cache/heap.bin', new Uint8Array(5_000));
    world.write('Pictures/boat.jpg', new Uint8Array(90_000));
    world.write('Music/song.mp3', new Uint8Array(100));
    const blue = await world.core.addPlace('Blue drive');
    const server = await world.core.addPlace('Home server');
    letters = await world.core.addPlan([world.at('Documents')], [blue.placeId], { name: 'Letters' });
    const days = [6, 5, 4, 1, 0];
    await world.makeHistory(
      { planId: letters, ...blue },
      days.map((day) => day * DAY_MS),
      (index) => world.write('Documents/letter.txt', 'x'.repeat(index + 1)),
    );
    await world.core.calls['pause.set']({ untilMs: Date.now() + DAY_MS });
    photos = await world.core.addPlan([world.at('Pictures')], [server.placeId], {
      name: 'Photos',
      ...schedule(12 * HOUR_MS),
    });
    await world.backUp(photos, server.placeId, 2 * DAY_MS);
    renameSync(world.core.at('Home server'), world.core.at('unplugged'));
    await world.core.calls['pause.clear']({});
    await world.core.run({ kind: 'backup', planId: photos as never, placeId: server.placeId as never });
    // Colours on their way from one scheme to the other would be judged as well.
    page = await world.open({ reducedMotion: 'reduce' });
  });
  afterAll(() => world.close());

  test('the overview says what is wrong, leads to the place, and says so when it is mended', async () => {
    await heading(/^Backups are late\. Photos is not up to date: Home server is not connected/).waitFor();
    const photosCard = page.getByRole('article', { name: 'Photos' });
    await photosCard.getByText('2 days ago').waitFor();
    await page.getByRole('article', { name: 'Letters' }).getByText('Protected, with exceptions').waitFor();
    await page.getByRole('img', { name: /^Versions on 6 of 84 days, failures on 1$/ }).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);

    await page.getByRole('link', { name: 'Look at Home server' }).click();
    // The overview, which names it too, stays until the page of the place is there.
    await page.getByRole('heading', { name: 'Home server', exact: true }).waitFor();
    await page.getByText('Not connected', { exact: true }).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);

    renameSync(world.core.at('unplugged'), world.core.at('Home server'));
    await go('/');
    await button('Back up Photos now').click();
    await heading(/^Everything is safe, with exceptions\./).waitFor();
    await photosCard.getByText('just now').waitFor();
    // What is left to do: two kits that nobody has proven.
    expect(await page.getByRole('link', { name: 'Prove the recovery kit' }).count()).toBe(2);
  });

  test('a pause stands on the overview and is ended there', async () => {
    await go('/');
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByRole('menuitem', { name: 'For 1 hour' }).click();
    await page.getByText(/^Paused until/).waitFor();
    await button('Go on').click();
    await page.getByText(/^Next backup/).waitFor();
  });

  test('a plan is edited in sentences: what is in, how long it stays, and what a change would let go', async () => {
    await go('/folders');
    await page.getByRole('link', { name: /^Letters/ }).click();
    await page.getByText('2 files, 13 bytes, copied · 1 file, 5 KB, left out').waitFor();
    await button('Show what is in Documents').click();
    const old = page.getByRole('checkbox', { name: 'Copy Old' });
    await page.getByText('left out by a rule').waitFor();
    expect(await page.getByRole('checkbox', { name: 'Copy .cache' }).isChecked()).toBe(false);
    await old.uncheck();
    await page.getByText('left out by you').waitFor();
    await page.getByText('1 file, 5 bytes, copied · 2 files, 5 KB, left out').waitFor();

    await page.getByText('Every version is kept for ever.').first().waitFor();
    await button('Add a rule').click();
    await page.getByText('one a day for 30 days: 31 versions').waitFor();
    await page.getByText('Blue drive: all 5 versions stay.').waitFor();
    await page.getByRole('spinbutton', { name: /^How long/ }).fill('2');
    // The first version is one of the three newest that are known to be whole.
    await page.getByText(/^Blue drive: 2 versions would go, 3 stay\./).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);

    await button('Save').click();
    const dialog = page.getByRole('dialog', { name: 'Let 2 versions go?' });
    await dialog.getByRole('button', { name: 'Save this rule' }).click();
    await page.getByText('Letters is saved.').waitFor();
    const plan = (await world.core.mirror()).plans.find(({ id }) => id === letters);
    expect(plan?.exclusions).toEqual({ presets: ['caches'], patterns: [world.at('Documents', 'Old')] });
    expect(plan?.retention).toEqual({ counts: {}, withinUnits: { daily: { days: 2 } }, tagLists: [] });

    await old.check();
    await button('Discard changes').click();
    expect(await old.isChecked()).toBe(false);
  });

  test('a new place says at once what lies there, and what to do instead', async () => {
    await go('/places/new');
    const address = page.getByLabel('Folder or address');
    await address.fill(world.at('Documents'));
    await page.getByText('That lies inside the folders of "Letters"').waitFor();
    await address.fill('/no/such/drive/at all');
    await page.getByText(/^That cannot be reached/).waitFor();
    await address.fill(world.at('Music'));
    await page.getByText(/^There are other files in it/).waitFor();
    expect(await button('Make it a backup place').count()).toBe(0);
    expect(await findAxeFaults(page)).toEqual([]);
    await button('Use the folder Tidemark in it').click();
    await page.getByText('There is no such folder yet. Tidemark makes it.').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Second disk');
    await button('Make it a backup place').click();
    await page.waitForURL(/#\/places\/[^/]+\/kit$/);
    const made = (await world.core.mirror()).places.find(({ name }) => name === 'Second disk');
    expect(made).toMatchObject({ location: world.at('Music', 'Tidemark'), isRecoveryProven: false });

    await go('/places');
    await page.getByRole('link', { name: /^Second disk/ }).click();
    await heading('Second disk').waitFor();
    await button('Forget it').click();
    const dialog = page.getByRole('dialog', { name: 'Forget Second disk?' });
    await dialog.getByText('Its recovery kit has not been proven.').waitFor();
    await dialog.getByRole('button', { name: 'Forget it' }).click();
    await heading('Backup places').waitFor();
    await page.getByRole('link', { name: /^Second disk/ }).waitFor({ state: 'detached' });
    expect(await findAxeFaults(page)).toEqual([]);
  });

  test('a place is tried out: what works there in lines, nothing is left behind, and why it could not be', async () => {
    const drive = world.core.at('Blue drive');
    const before = readdirSync(drive, { encoding: 'utf8', recursive: true });
    await go('/places');
    await page.getByRole('link', { name: /^Blue drive/ }).click();
    await heading('Blue drive').waitFor();
    await button('Try it out').click();
    const line = (title: string, words: string | RegExp) =>
      page.getByRole('listitem').filter({ hasText: title }).getByText(words).waitFor();
    for (const title of ['Writing', 'Reading back', 'Looking through', 'Removing'])
      await line(title, 'works');
    for (const title of ['Sending', 'Fetching']) await line(title, /^about .+ a second$/);
    await line('Free space', /\d/);
    expect(new Set(readdirSync(drive, { encoding: 'utf8', recursive: true }))).toEqual(new Set(before));
    expect(await findAxeFaults(page)).toEqual([]);

    renameSync(drive, `${drive} elsewhere`);
    await button('Try again').click();
    await line('Your copies', /^are not there\. Connect the drive/);
    expect(await findAxeFaults(page)).toEqual([]);
    renameSync(`${drive} elsewhere`, drive);
    await button('Try again').click();
    await line('Writing', 'works');
  });

  test('activity: one list with filters, each file that had a problem, and the log as a file', async () => {
    const { places } = await world.core.mirror();
    const blue = places.find(({ name }) => name === 'Blue drive');
    // Files of the system that refuse to be read, whoever asks.
    const odd = await world.core.addPlan([`/proc/${process.pid}/attr`, world.at('Music')], [blue?.id ?? ''], {
      name: 'Odd files',
    });
    const job = await world.core.run({ kind: 'backup', planId: odd as never, placeId: blue?.id as never });
    expect(job.state).toBe('doneExcept');
    await go('/activity');
    await page.getByText(/^The log is whole: none of its \d+ entries/).waitFor();
    await page.getByText('You protected Odd files').waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await page.getByRole('combobox', { name: 'Result' }).click();
    await page.getByRole('option', { name: 'Went, with problems' }).click();
    const list = page.getByRole('group', { name: 'What happened, newest first' });
    await list.getByRole('link', { name: /Backup of Odd files to Blue drive/ }).click();
    await heading('Backup of Odd files to Blue drive').waitFor();
    await page.getByText(`/proc/${process.pid}/attr/keycreate`, { exact: true }).waitFor();
    await page.getByText(/keycreate cannot be read/).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);

    await go('/activity');
    await page.getByRole('combobox', { name: 'What' }).click();
    await page.getByRole('option', { name: 'Zip files' }).click();
    await heading('Nothing matches').waitFor();
    await button('Clear the filters').first().click();
    await button('Export').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'As a table (CSV)' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('tidemark-activity.csv');
    const lines = readFileSync(await download.path(), 'utf8').split('\r\n');
    expect(lines[0]).toBe('number,time,kind,data');
    expect(lines.some((line) => line.includes('planAdded') && line.includes('Odd files'))).toBe(true);
    await world.core.calls['plans.remove']({ planId: odd as never });
  });

  test('settings count at once, in every window', async () => {
    const other = await world.open({ route: '/activity' });
    await other.getByRole('heading', { name: 'Activity' }).waitFor();
    await go('/settings');
    // There is nothing to start it with here.
    expect(await page.getByText('Start with the computer').count()).toBe(0);
    await page.getByText(world.core.at('profile')).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await page.getByRole('radiogroup', { name: 'Language' }).getByText('Deutsch').click();
    await heading('Einstellungen').waitFor();
    await other.getByRole('heading', { name: 'Verlauf' }).waitFor();
    await page.getByRole('radiogroup', { name: 'Hell oder dunkel' }).getByText('Dunkel').click();
    await page.getByRole('radiogroup', { name: 'Zeilen in Listen' }).getByText('Dicht').click();
    await page.waitForSelector('html[lang=de][data-mantine-color-scheme=dark][data-row-height=compact]', {
      state: 'attached',
    });
    expect(await findAxeFaults(page)).toEqual([]);
    for (const route of ['/', `/folders/${letters}`, '/places', '/activity']) {
      await go(route);
      await page.getByRole('heading').first().waitFor();
      expect([route, await findAxeFaults(page)]).toEqual([route, []]);
    }
  });

  test('no page had anything to complain about', () => {
    expect(world.complaints).toEqual([]);
  });
});
