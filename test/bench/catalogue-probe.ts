/**
 * Makes a catalogue of a made-up history in a process of its own, point by point, then from its file, asks what a window asks,
 * and prints what it measured as JSON. Started by measure-catalogue.ts; arguments: a folder, files, points.
 */
import { performance } from 'node:perf_hooks';
import { systemClock } from '#base/system-clock.ts';
import type { ByteString } from '#base/byte-string.ts';
import { Catalogue } from '#catalogue/catalogue.ts';
import { NodeDatabaseDisk } from '#database/node-database-disk.ts';
import { nodePrimitives } from '#test/support/node-primitives.ts';
import type { CatalogueResult } from './bench-result.ts';
import { readFolder } from './folder-facts.ts';
import { SeededRandom } from './seeded-random.ts';
import { SyntheticHistory, SYNTHETIC_REPOSITORY } from './synthetic-history.ts';

const QUESTIONS = 300;

const [folder = '', files = '', points = ''] = process.argv.slice(2);
const history = new SyntheticHistory(nodePrimitives, Number(files), Number(points));
const random = new SeededRandom(3);
const catalogueFolder = `${folder}/catalogue`;
const options = {
  repositoryId: SYNTHETIC_REPOSITORY,
  disk: new NodeDatabaseDisk(catalogueFolder),
  clock: systemClock,
};

const US_PER_MS = 1000;

/** The lesser of wall and processor time: a busy machine is not the catalogue's. */
async function timed<T>(
  run: () => T | Promise<T>,
): Promise<{ readonly tookMs: number; readonly result: Awaited<T> }> {
  const clock = startClock();
  const result = await run();
  return { tookMs: clock(), result };
}

function startClock(): () => number {
  const startedMs = performance.now();
  const used = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(used);
    return Math.min(performance.now() - startedMs, (user + system) / US_PER_MS);
  };
}

function summary(times: number[]): { readonly medianMs: number; readonly worstMs: number } {
  const sorted = times.toSorted((a, b) => a - b);
  return { medianMs: sorted[sorted.length >> 1]!, worstMs: sorted.at(-1)! };
}

const building = await Catalogue.open(options);
history.visiblePoints = 1;
const first = await timed(() => building.update(history));
const nextPoints: number[] = [];
while (history.visiblePoints < history.points) {
  history.visiblePoints++;
  nextPoints.push((await timed(() => building.update(history))).tookMs);
}
const closed = await timed(() => building.close());
const fileBytes = readFolder(catalogueFolder, false).bytes;

const opened = await timed(() => Catalogue.open(options));
const catalogue = opened.result;
const ids = catalogue.points().map(({ snapshotId }) => snapshotId);
const series = catalogue.points()[0]!.series;
const anyFile = (): number => random.below(history.files);
const anyPoint = (): (typeof ids)[number] => ids[random.below(ids.length)]!;

async function ask(question: () => unknown, count = QUESTIONS): Promise<ReturnType<typeof summary>> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push((await timed(question)).tookMs);
  return summary(times);
}

const openFolder = await ask(() => catalogue.openFolder(anyPoint(), history.folderOf(anyFile())));
// Those that changed most are first.
const strip = await ask(() =>
  catalogue.listVersions(series, history.pathOf(random.skewedBelow(history.files))),
);
const heat = await ask(() =>
  catalogue.changesOverTime(series, '/' as ByteString, [
    ...ids.map((_id, i) => Date.UTC(2026, 0, 1) + i * 3_600_000),
    Infinity,
  ]),
);
const jump = await ask(() => catalogue.nextChange(anyPoint(), history.folderOf(anyFile()), 'older'));

const firstResults: number[] = [];
const wholeSearches: number[] = [];
for (const text of ['resume_2019-12', '77777', 'e', 'nowhere at all', 'übersicht']) {
  const clock = startClock();
  let isFirst = true;
  for await (const { results } of catalogue.search({ text })) {
    if (isFirst && results.length > 0) firstResults.push(clock());
    if (results.length > 0) isFirst = false;
  }
  wholeSearches.push(clock());
}
const near = await timed(() => catalogue.difference(ids.at(-2)!, ids.at(-1)!, '/' as ByteString));
const far = await timed(() => catalogue.difference(ids[0]!, ids.at(-1)!, '/' as ByteString));

const versions = history.countVersions();
const result: Omit<CatalogueResult, 'peakBytes'> = {
  files: history.files,
  points: history.points,
  versions,
  bytesPerVersion: fileBytes / versions,
  fileBytes,
  firstPointMs: first.tookMs,
  nextPoint: summary(nextPoints),
  saveMs: closed.tookMs,
  openMs: opened.tookMs,
  openFolder,
  strip,
  heat,
  jump,
  firstResult: summary(firstResults),
  wholeSearch: summary(wholeSearches),
  nearDifferenceMs: near.tookMs,
  farDifferenceMs: far.tookMs,
  residentBytes: process.memoryUsage().rss,
};
process.stdout.write(JSON.stringify(result));
await catalogue.close();
