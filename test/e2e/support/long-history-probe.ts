/**
 * The history page on a catalogue as large as the budgets are meant for, by hand:
 * `node test/e2e/support/long-history-probe.ts FOLDER 1000000 500`. The catalogue is made up once and kept in FOLDER (many
 * minutes); the place it is shown of is empty, so only what a catalogue answers can be measured. Each question is asked of
 * the core, and felt in the page: from the key or click until the answer is drawn. Prints a table.
 */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { systemClock } from '#base/system-clock.ts';
import { setRepository } from '#catalogue/about-table.ts';
import { CatalogueFile } from '#catalogue/catalogue-file.ts';
import { Catalogue } from '#catalogue/catalogue.ts';
import { NodeDatabaseDisk } from '#database/node-database-disk.ts';
import { setup as bundleWorker } from '#test/bundle-worker.ts';
import { DAY_MS, WindowWorld } from './window-world.ts';
import { nodePrimitives } from '#test/support/node-primitives.ts';
import { SeededRandom } from '#test/bench/seeded-random.ts';
import { SyntheticHistory, SYNTHETIC_REPOSITORY } from '#test/bench/synthetic-history.ts';

const QUESTIONS = 30;
const SEARCHES = 8;
const DRAG_STEPS = 300;
/** Between two keys of somebody who types fast. */
const TYPING_MS = 120;

const [folder = '', files = '1000000', points = '500'] = process.argv.slice(2);
const history = new SyntheticHistory(nodePrimitives, Number(files), Number(points));
const random = new SeededRandom(5);
const kept = path.join(folder, `history-${files}-${points}`);

await bundleWorker();
if (!existsSync(path.join(kept, `${SYNTHETIC_REPOSITORY}.db`))) await makeCatalogue();
const world = new WindowWorld();
try {
  await world.start();
  const { placeId } = await world.core.addPlace('drive');
  // What the place really holds is nothing: read again, all that is made up would be taken out.
  await world.core.run({ kind: 'readHistory', placeId: placeId as never });
  await world.core.calls['pause.set']({ untilMs: systemClock.nowMs() + DAY_MS });
  const repositoryId = (await world.core.mirror()).places[0]?.repositoryId ?? '';
  await world.core.stop();
  await fill(repositoryId);
  await world.core.start();
  await measure(placeId);
} finally {
  await world.close();
}

async function makeCatalogue(): Promise<void> {
  mkdirSync(kept, { recursive: true });
  const disk = new NodeDatabaseDisk(kept);
  const catalogue = await Catalogue.open({
    repositoryId: SYNTHETIC_REPOSITORY,
    disk,
    clock: systemClock,
  });
  await catalogue.update(history);
  await catalogue.close();
}

/** As if it had been read from that place. */
async function fill(repositoryId: string): Promise<void> {
  const refuse = (reason: string): never => {
    throw new Error(`the kept catalogue cannot be used: ${reason}`);
  };
  const tables = await new CatalogueFile(new NodeDatabaseDisk(kept), SYNTHETIC_REPOSITORY).open(refuse);
  setRepository(tables.database, repositoryId);
  const disk = new NodeDatabaseDisk(world.core.at('catalogues'));
  await new CatalogueFile(disk, repositoryId).save(tables, systemClock.nowMs());
  tables.database.close();
}

async function measure(placeId: string): Promise<void> {
  const { calls } = world.core;
  const known = await timed(() => calls['browse.points']({ placeId: placeId as never }));
  tell('open the catalogue and list its points', [known.tookMs]);
  const ids = known.result.map(({ snapshotId }) => snapshotId);
  const series = known.result[0]?.series ?? '';
  const anyPoint = (): (typeof ids)[number] => ids[random.below(ids.length)]!;
  const anyFile = (): number => random.skewedBelow(history.files);
  await ask('a folder at any point, asked of the core', () =>
    calls['browse.folder']({
      placeId: placeId as never,
      snapshotId: anyPoint(),
      folder: history.folderOf(anyFile()),
      deleted: 'all',
      limit: 1_000,
    }),
  );
  await ask('versions of a file, asked of the core', () =>
    calls['browse.versions']({ placeId: placeId as never, series, path: history.pathOf(anyFile()) }),
  );

  const page = await world.open({ reducedMotion: 'reduce' });
  page.setDefaultTimeout(30_000);
  await open(page, placeId, history.folderOf(0), 'now');
  const folders: number[] = [];
  for (let turn = 0; turn < QUESTIONS; turn++)
    folders.push(await open(page, placeId, history.folderOf(anyFile()), anyPoint()));
  tell('a folder at any point, until its rows are drawn', folders);

  await page.getByRole('tab', { name: 'Versions' }).click();
  const strips: number[] = [];
  for (let turn = 0; turn < QUESTIONS; turn++) strips.push(await openStrip(page, turn));
  tell('versions of a file, from the click until they are drawn', strips);

  const texts = ['resume_2019-12', '77777', 'invoice', 'übersicht', 'e', '2015-999999'];
  const searches: number[] = [];
  for (let turn = 0; turn < SEARCHES; turn++)
    for (const text of texts) searches.push(await search(page, text));
  tell('a search, from the last key until the first result is drawn', searches);
  for (const [index, text] of texts.entries())
    tell(
      `of these, ${text}`,
      searches.filter((_time, at) => at % texts.length === index),
    );

  await open(page, placeId, '/Projekte 0', 'now');
  const { frames, work } = await drag(page);
  tell('between two frames while the playhead is dragged', frames);
  tell('of that, our own work', work);
  console.log(`memory of the page (heap): ${Math.round((await heapOf(page)) / 1e6)} MB`);
  for (const complaint of world.complaints) console.log(`the console says: ${complaint}`);
}

/** The lesser of wall and processor time: a busy machine is not the catalogue's. */
async function timed<T>(run: () => Promise<T>): Promise<{ readonly tookMs: number; readonly result: T }> {
  const from = performance.now();
  const used = process.cpuUsage();
  const result = await run();
  const { user, system } = process.cpuUsage(used);
  return { tookMs: Math.min(performance.now() - from, (user + system) / 1000), result };
}

async function ask(title: string, question: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let turn = 0; turn < QUESTIONS; turn++) times.push((await timed(question)).tookMs);
  tell(title, times);
}

function tell(title: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  console.log(
    `${title}: least ${at(0)} ms, median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, worst ${at(1)} ms`,
  );
}

/** From the change of the address until the rows of this folder are there. */
function open(page: Page, place: string, at: string, point: string): Promise<number> {
  const query = new URLSearchParams({ place, folder: at, at: point });
  return page.evaluate(
    async ({ hash, crumb }) => {
      const from = performance.now();
      location.hash = hash;
      const isThere = (): boolean =>
        document.querySelector('.breadcrumb .is-last .crumb')?.textContent === crumb &&
        document.querySelector('.timeline [role="row"] .name') !== null &&
        document.querySelector('.contents-scroll[aria-busy="true"]') === null;
      while (!isThere()) {
        if (performance.now() - from > 10_000)
          throw new Error(
            `it does not come; the page shows: ${document.querySelector('.timeline')?.textContent}`,
          );
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return performance.now() - from;
    },
    { hash: `#/history?${query.toString()}`, crumb: at.slice(at.lastIndexOf('/') + 1) },
  );
}

function openStrip(page: Page, turn: number): Promise<number> {
  return page.evaluate(async (number) => {
    const rows = [...document.querySelectorAll<HTMLElement>('.timeline [role="row"] .name')];
    const name = rows[number % rows.length];
    const from = performance.now();
    name?.dispatchEvent(new MouseEvent('mousedown', { bubbles: true }));
    name?.click();
    const isThere = (): boolean =>
      document.querySelector('.inspector h2')?.textContent === name?.textContent &&
      document.querySelector('.version-strip li') !== null;
    while (!isThere() && performance.now() - from < 5_000)
      await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - from;
  }, turn);
}

async function search(page: Page, text: string): Promise<number> {
  await page.keyboard.press('/');
  const field = page.getByRole('combobox');
  await field.fill(text.slice(0, -1));
  await page.evaluate(() => {
    const state = { from: 0, to: 0 };
    Object.assign(globalThis, { searchTimes: state });
    document.querySelector('[role="combobox"]')?.addEventListener('input', () => {
      state.from = performance.now();
      const note = (): void => {
        // What was found for one letter less is not what was asked for.
        if (document.querySelector('#search-results:not([aria-busy="true"]) [role="option"]') === null)
          requestAnimationFrame(note);
        else state.to = performance.now();
      };
      requestAnimationFrame(note);
    });
  });
  await systemClock.sleep(TYPING_MS);
  await field.pressSequentially(text.slice(-1));
  const read = (): Promise<{ from: number; to: number }> =>
    page.evaluate(() => (globalThis as unknown as { searchTimes: { from: number; to: number } }).searchTimes);
  await page.waitForFunction(
    () => (globalThis as unknown as { searchTimes: { to: number } }).searchTimes.to > 0,
  );
  const { from, to } = await read();
  await page.keyboard.press('Escape');
  await page.getByRole('combobox').waitFor({ state: 'detached' });
  return to - from;
}

async function drag(page: Page): Promise<{ frames: number[]; work: number[] }> {
  const box = await page.locator('.timeline canvas').first().boundingBox();
  if (box === null) throw new Error('there is no band');
  await page.keyboard.press('0');
  await page.evaluate(() => {
    const times: number[] = [];
    const work: number[] = [];
    Object.assign(globalThis, { frameTimes: times, frameWork: work });
    const { port1, port2 } = new MessageChannel();
    let began = 0;
    port1.addEventListener('message', () => work.push(performance.now() - began));
    port1.start();
    const note = (at: number): void => {
      times.push(at);
      began = performance.now();
      port2.postMessage(null);
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  const y = box.y + box.height / 3;
  await page.mouse.move(box.x + box.width - 20, y);
  await page.mouse.down();
  for (let step = 0; step < DRAG_STEPS; step++) {
    const share = (1 + Math.cos((step / DRAG_STEPS) * 6 * Math.PI)) / 2;
    await page.mouse.move(box.x + 20 + share * (box.width - 40), y);
  }
  await page.mouse.up();
  const { times, work } = await page.evaluate(() => {
    const { frameTimes, frameWork } = globalThis as unknown as { frameTimes: number[]; frameWork: number[] };
    return { times: [...frameTimes], work: [...frameWork] };
  });
  return { frames: times.slice(1).map((at, index) => at - (times[index] ?? at)), work };
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
}
