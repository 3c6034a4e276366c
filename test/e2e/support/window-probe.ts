/**
 * Measures the window in a real Chromium and prints JSON: how soon it is there, how soon a folder of many files is, how
 * evenly it draws while the playhead is dragged. Started by test/bench/measure-window.ts; arguments: files, versions.
 */
import type { Page } from 'playwright-core';
import { setup as bundleWorker } from '#test/bundle-worker.ts';
import type { WindowResult } from '#test/bench/bench-result.ts';
import { DAY_MS, WindowWorld } from './window-world.ts';

const [files = '', points = ''] = process.argv.slice(2);
const OPENINGS = 5;
const DRAG_STEPS = 240;

await bundleWorker();
const world = new WindowWorld();
try {
  await world.start();
  const place = await prepare(Number(files), Number(points));
  const result = await measure(place);
  process.stdout.write(JSON.stringify({ files: Number(files), points: Number(points), ...result }));
} finally {
  await world.close();
}

/** One folder with all of the files, some of which change from version to version. */
async function prepare(count: number, versions: number): Promise<string> {
  const name = (index: number): string => `Documents/file ${String(index).padStart(7, '0')}.txt`;
  for (let index = 0; index < count; index++) world.write(name(index), `first ${index}`, 200 * DAY_MS);
  const place = await world.core.addPlace('drive');
  const planId = await world.core.addPlan([world.at('Documents')], [place.placeId]);
  const moments = Array.from({ length: versions }, (_, index) => (versions - 1 - index) * DAY_MS);
  await world.makeHistory({ planId, ...place }, moments, (index, agoMs) => {
    for (let step = 0; step < 5; step++)
      world.write(name((index * 7 + step * 13) % count), `at ${index}`, agoMs);
  });
  return place.placeId;
}

async function measure(placeId: string): Promise<Omit<WindowResult, 'files' | 'points'>> {
  const paints: number[] = [];
  const overviews: number[] = [];
  const folders: number[] = [];
  let startBytes = 0;
  let frames = { medianMs: 0, worstMs: 0 };
  let heapBytes = 0;
  for (let turn = 0; turn < OPENINGS; turn++) {
    const page = await world.open();
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    overviews.push(await page.evaluate(() => performance.now()));
    paints.push(await page.evaluate(firstPaint));
    startBytes = await page.evaluate(loadedBytes);
    folders.push(await openFolder(page, placeId));
    if (turn === OPENINGS - 1) {
      frames = await drag(page);
      heapBytes = await heapOf(page);
    }
    await page.context().close();
  }
  return {
    startBytes,
    firstPaintMs: median(paints),
    overviewMs: median(overviews),
    folderMs: median(folders),
    frame: frames,
    heapBytes,
  };
}

function firstPaint(): number {
  return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN;
}

/** Scripts, styles and type faces. */
function loadedBytes(): number {
  const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  return entries.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
}

/** From the click to the first rows. */
async function openFolder(page: Page, placeId: string): Promise<number> {
  const query = new URLSearchParams({ place: placeId, folder: world.at('Documents') });
  return page.evaluate(async (hash) => {
    const from = performance.now();
    location.hash = hash;
    const isThere = (): boolean => document.querySelector('.timeline [role="row"] .name') !== null;
    while (!isThere()) await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - from;
  }, `#/history?${query.toString()}`);
}

/** Time between frames while the playhead is moved to and fro over the whole band. */
async function drag(page: Page): Promise<{ medianMs: number; worstMs: number }> {
  const box = await page.locator('.timeline canvas').first().boundingBox();
  if (box === null) throw new Error('there is no band');
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(globalThis, { frameTimes: times });
    const note = (at: number): void => {
      times.push(at);
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  const y = box.y + box.height / 3;
  await page.mouse.move(box.x + box.width - 20, y);
  await page.mouse.down();
  for (let step = 0; step < DRAG_STEPS; step++) {
    const share = (1 + Math.cos((step / DRAG_STEPS) * 4 * Math.PI)) / 2;
    await page.mouse.move(box.x + 20 + share * (box.width - 40), y);
  }
  await page.mouse.up();
  const times = await page.evaluate(() => (globalThis as unknown as { frameTimes: number[] }).frameTimes);
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  return { medianMs: median(gaps), worstMs: Math.max(...gaps) };
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
