/**
 * What must be known before a history is trusted: two places of which one is away, several computers in one place, a change that
 * looks like encryption, a version that can be read in part only, a history that is not read yet, a search without a match.
 */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import { repositorySource } from '#catalogue/catalogue-source.ts';
import { Catalogue } from '#catalogue/catalogue.ts';
import { NodeDatabaseDisk } from '#database/node-database-disk.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import { reopenEagerly } from '#test/support/eager-lock.ts';
import { backupRequest, openTestRepository, testPipeline } from '#test/support/engine.ts';
import { findAxeFaults } from '../support/find-axe-faults.ts';
import { DAY_MS, WindowWorld } from '../support/window-world.ts';

const FILES = 120;

const world = new WindowWorld();
let page: Page;
let planId: string;
let blue: { placeId: string; recoveryCode: string };
let server: { placeId: string; recoveryCode: string };
let attic: { placeId: string; recoveryCode: string };
const snapshots: string[] = [];

beforeAll(async () => {
  await world.start();
  await world.core.calls['pause.set']({ untilMs: systemClock.nowMs() + DAY_MS });
  for (let number = 0; number < FILES; number++)
    world.write(`Documents/${number}.txt`, `letter ${number}`, 9 * DAY_MS);
  blue = await world.core.addPlace('Blue drive');
  server = await world.core.addPlace('Home server');
  planId = await world.core.addPlan([world.at('Documents')], [blue.placeId, server.placeId]);
  await world.backUp(planId, blue.placeId, 6 * DAY_MS);
  await world.backUp(planId, server.placeId, 6 * DAY_MS);
  for (let number = 0; number < FILES; number++)
    world.write(`Documents/${number}.txt`, `x${number}`, 3 * DAY_MS);
  await world.backUp(planId, blue.placeId, 2 * DAY_MS);
  page = await world.open({ reducedMotion: 'reduce' });
  page.setDefaultTimeout(10_000);
}, 60_000);
afterAll(() => world.close());

const go = (query: Record<string, string>): Promise<void> =>
  page.evaluate(
    (hash) => void (location.hash = hash),
    `#/history?${new URLSearchParams({ folder: world.at('Documents'), ...query }).toString()}`,
  );
const row = (name: string) => page.getByRole('row').filter({ hasText: name });
const slider = () => page.getByRole('slider', { name: 'Moment in time' });

test('most files changed at once: it says so, names the last point before, and leads there', async () => {
  await go({ place: blue.placeId });
  await page.getByText(`${FILES} of ${FILES} files`).waitFor();
  expect(await findAxeFaults(page, '.timeline')).toEqual([]);
  await page.getByRole('button', { name: 'Go there' }).click();
  await expect.poll(() => slider().getAttribute('aria-valuenow')).toBe('1');
  await row('7.txt').first().getByText('older than now').waitFor();
});

test('the place goes away: the page goes on at another that has the same version, else it offers the nearest', async () => {
  const away = world.core.at('Blue drive');
  const isAt = (place: string): Promise<void> =>
    page.getByRole('button', { name: new RegExp(`from which place: ${place}$`) }).waitFor();
  await row('7.txt').first().click();
  renameSync(away, `${away} elsewhere`);
  await world.core.run({ kind: 'readHistory', placeId: blue.placeId as never });
  await page
    .getByText(/^Blue drive is not reachable any more. This is Home server, at its version/)
    .waitFor();
  await isAt('Home server');
  expect(await row('7.txt').first().getAttribute('aria-selected')).toBe('true');
  await page.getByRole('tab', { name: 'Preview' }).click();
  await page.locator('.text-preview').getByText('letter 7').waitFor();
  expect(await findAxeFaults(page, '.timeline')).toEqual([]);

  // Whoever wants the place that is away all the same keeps it.
  await page.getByRole('button', { name: 'Back to Blue drive' }).click();
  await page.getByText('Blue drive is not reachable. Home server holds these folders, too.').waitFor();
  // Whose a file was, no catalogue knows: another place with the same version does.
  await page.getByRole('tab', { name: 'About' }).click();
  const owner = page.locator('.facts-list > div').filter({ hasText: /^Owner/ });
  await owner.getByText(/, group /).waitFor();
  await page.getByText(/^rw-.{6}$/).waitFor();
  expect(await findAxeFaults(page, '.timeline')).toEqual([]);
  await page.keyboard.press('n');
  await page.getByText('its version nearest to this one is of').waitFor();
  await owner.getByText('To look into it, Blue drive is needed.').waitFor();
  expect(await findAxeFaults(page, '.timeline')).toEqual([]);
  await page.getByRole('button', { name: 'Look there' }).click();
  await isAt('Home server');
  await page.getByText('Blue drive is not reachable').waitFor({ state: 'detached' });
  await row('7.txt').first().waitFor();
  renameSync(`${away} elsewhere`, away);
});

test('no match: where and since when it looked, and wider', async () => {
  await page.keyboard.press('/');
  await page.locator('.search-line input:focus').waitFor();
  await page.keyboard.type('nowhere at all ext:odt');
  // One of its own, and the one that was brought to it from the other place.
  await page.getByText(/^Looked through 2 points in time since .+, in Home server\.$/).waitFor();
  expect(await findAxeFaults(page, '.search-panel')).toEqual([]);
  await page.getByRole('button', { name: 'Search without the filters' }).click();
  // All of the past is looked through, beside whatever else this machine does.
  await page.getByText('Nothing called “nowhere at all” was found.').waitFor({ timeout: 30_000 });
  await page.keyboard.press('Escape');
});

test('a history that is only begun says from when on it is known, and whose it is; what cannot be read of a version is marked', async () => {
  // While the page of the history is open it asks for every place at once.
  await page.evaluate(() => void (location.hash = '#/settings'));
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  attic = await world.core.addPlace('Attic disk');
  const place = await openTestRepository(world.core.at('Attic disk'), attic.recoveryCode);
  const packs = (): string[] =>
    readdirSync(world.core.at('Attic disk', 'data'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.length > 60,
    );
  for (let day = 9; day > 0; day--) {
    world.write('Old/diary.txt', `day ${day}`);
    const before = new Set(packs());
    const { snapshotId } = await executeBackup(
      { repository: reopenEagerly(place), files: createSourceFiles(), pipeline: testPipeline },
      backupRequest([world.at('Old')], {
        hostname: day % 2 === 0 ? 'old laptop' : 'tower',
        time: new Date(systemClock.nowMs() - day * DAY_MS).toISOString(),
      }),
    );
    snapshots[day] = String(snapshotId);
    // Everything that this version alone has.
    if (day === 3)
      for (const name of packs()) if (!before.has(name)) rmSync(world.core.at('Attic disk', 'data', name));
  }
  const repositoryId = place.config.id;
  const disk = new NodeDatabaseDisk(world.core.at('catalogues'));
  const catalogue = await Catalogue.open({ repositoryId, disk, clock: systemClock });
  const stop = new AbortController();
  const onProgress = ({ pointsDone }: { pointsDone: number }): void => {
    if (pointsDone === 4) stop.abort();
  };
  await catalogue
    .update(repositorySource(reopenEagerly(place)), { signal: stop.signal, onProgress })
    .catch(() => undefined);
  await catalogue.close();

  await go({ place: attic.placeId, folder: world.at('Old') });
  await page.getByText(/^History before .+ is not read yet\.$/).waitFor();
  expect(await findAxeFaults(page, '.timeline')).toEqual([]);
  const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
  world.core.hold = (method, type) => (method === 'load' && type === 'pack' ? goesOn : undefined);
  await page.getByRole('button', { name: 'Read it now' }).click();
  try {
    await page.getByText(/^History before .+ is still being read: \d+%$/).waitFor();
    expect(await page.getByRole('button', { name: 'Read it now' }).count()).toBe(0);
    // What is known already can be looked at meanwhile.
    await row('diary.txt').waitFor();
  } finally {
    goOn();
  }
  await page.getByText(/is not read yet\.$/).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /from which place: Attic disk$/ }).click();
  for (const name of ['old laptop', 'tower'])
    await page.getByRole('menu').getByText(name, { exact: true }).waitFor();
  await page.keyboard.press('Escape');

  await go({ place: attic.placeId, folder: world.at('Old'), at: snapshots[3] ?? '' });
  await page.getByText('Some folders of this version cannot be read; they are marked.').waitFor();
  expect(await findAxeFaults(page, '.timeline')).toEqual([]);

  const file = world.core.at('Attic disk', 'snapshots', snapshots[1] ?? '');
  const bytes = readFileSync(file);
  rmSync(file);
  writeFileSync(
    file,
    bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte)),
  );
  await world.core.run({ kind: 'readHistory', placeId: attic.placeId as never });
  await go({ place: attic.placeId, folder: world.at('Old'), at: snapshots[1] ?? '' });
  await page.getByText('This version is damaged in its place.').waitFor();
});

test('a version that goes while it is looked at: the one before it comes into view, and folders open as before', async () => {
  const points = await world.core.calls['browse.points']({ placeId: attic.placeId as never });
  const { series = '' } = points.find(({ hostname }) => hostname === 'old laptop') ?? {};
  await go({ place: attic.placeId, series, folder: world.at('Old'), at: snapshots[4] ?? '' });
  const shown = (): Promise<string | null> => slider().getAttribute('aria-valuetext');
  const dayOf = (day: number): string =>
    new Date(systemClock.nowMs() - day * DAY_MS).toLocaleDateString('en-GB', {
      weekday: 'long',
      day: 'numeric',
    });
  await expect.poll(shown).toContain(dayOf(4));
  await row('diary.txt').first().waitFor();
  rmSync(world.core.at('Attic disk', 'snapshots', snapshots[4] ?? ''));
  await world.core.run({ kind: 'readHistory', placeId: attic.placeId as never });
  await expect.poll(shown).toContain(dayOf(6));
  await go({ place: attic.placeId, series, folder: world.at() });
  await row('Old').first().waitFor();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect.poll(shown).toContain(dayOf(6));
  await row('diary.txt').first().waitFor();
});

test('most files put back at once are no change to be warned of; the one before them still is', async () => {
  const [first] = await world.core.calls['browse.points']({ placeId: blue.placeId as never });
  await world.core.run({
    kind: 'restore',
    placeId: blue.placeId as never,
    snapshotId: first!.snapshotId,
    paths: [],
    target: null,
    rule: 'replace-keep-current',
  });
  expect(readFileSync(world.at('Documents/7.txt'), 'utf8')).toBe('letter 7');
  await world.backUp(planId, blue.placeId);
  await go({ place: blue.placeId });
  await expect.poll(() => slider().getAttribute('aria-valuemax')).toBe('3');
  await page.getByText(`${FILES} of ${FILES} files`).waitFor();
  await page.getByRole('button', { name: 'Go there' }).click();
  await expect.poll(() => slider().getAttribute('aria-valuenow')).toBe('1');
});

test('no page complained', () => {
  expect(world.complaints).toEqual([]);
});
