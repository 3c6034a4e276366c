/**
 * The catalogue against an oracle that goes through every snapshot whole, on random histories; and against itself: made step
 * by step, at once, and opened again, it is the same. `CATALOGUE_RUNS=2000` for more.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ByteString } from '#base/byte-string.ts';
import { Catalogue } from '#catalogue/catalogue.ts';
import { MemoryDatabase } from '#database/memory-database.ts';
import { parseDatabaseImage } from '#database/database-image.ts';
import { foldName } from '#catalogue/fold-name.ts';
import { CATALOGUE_APPLICATION_ID } from '#catalogue/tables.ts';
import type { SearchResult } from '#catalogue/types.ts';
import { HistoryRun, steps, type Step } from '#test/support/catalogue-history.ts';
import { CatalogueOracle, difference, nameOf, parentOf, total } from '#test/support/catalogue-oracle.ts';
import { CatalogueWorld, REPOSITORY_ID } from '#test/support/catalogue-world.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { MemoryCatalogueDisk } from '#test/support/memory-catalogue-disk.ts';

const RUNS = Number(process.env['CATALOGUE_RUNS'] ?? 30);
const TIMEOUT_MS = 60_000 + RUNS * 2_000;
const ROOT = '/' as ByteString;

function open(disk: MemoryCatalogueDisk): Promise<Catalogue> {
  return Catalogue.open({ repositoryId: REPOSITORY_ID, disk, clock: new FakeClock() });
}

async function withHistory(
  all: readonly Step[],
  check: (world: CatalogueWorld, catalogue: Catalogue) => Promise<void>,
): Promise<void> {
  const world = new CatalogueWorld();
  const catalogue = await open(new MemoryCatalogueDisk());
  try {
    await new HistoryRun(world).run(all, async () => void (await catalogue.update(world)));
    await check(world, catalogue);
  } finally {
    await catalogue.close();
  }
}

test(
  'folders, ghosts, versions and changes are those of the snapshots',
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, (all) =>
        withHistory(all, async (world, catalogue) => {
          const oracle = new CatalogueOracle(world);
          expect(new Set(catalogue.points().map(({ series }) => series))).toEqual(
            new Set(oracle.series.keys()),
          );
          for (const series of oracle.series.keys()) checkSeries(catalogue, oracle, series);
        }),
      ),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);

function checkSeries(catalogue: Catalogue, oracle: CatalogueOracle, series: string): void {
  const points = oracle.series.get(series)!;
  expect(catalogue.points(series).map(({ snapshotId }) => snapshotId)).toEqual(points.map(({ id }) => id));
  const paths = oracle.pathsOf(series);
  const folders = [
    ROOT,
    ...new Set(paths.filter((path) => points.some(({ entries }) => entries.get(path)?.kind === 'folder'))),
  ];
  for (const [at, { id, entries }] of points.entries()) {
    for (const folder of folders) {
      const isThere = folder === ROOT || entries.get(folder)?.kind === 'folder';
      const found = catalogue.openFolder(id, folder, { deleted: 'all' });
      if (!isThere) {
        const last = points.slice(0, at).findLast((point) => point.entries.get(folder)?.kind === 'folder');
        if (last === undefined) expect(found).toEqual({ kind: 'missing' });
        else expect(found).toMatchObject({ kind: 'deleted', lastSeen: { snapshotId: last.id } });
        continue;
      }
      const told = found.kind === 'folder' ? found.entries : [];
      expect(
        new Map(
          told.map(({ name, kind, sizeBytes, modifiedMs, deleted }) => [
            name,
            [
              kind,
              sizeBytes,
              modifiedMs,
              deleted && [deleted.lastSeen.snapshotId, deleted.firstMissed.snapshotId],
            ],
          ]),
        ),
      ).toEqual(
        new Map(
          [...oracle.folderAt(series, at, folder)].map(([name, { kind, sizeBytes, modifiedMs, gone }]) => [
            name,
            [kind, sizeBytes, modifiedMs, gone],
          ]),
        ),
      );
      expect(told.map(({ name }) => name)).toEqual(told.map(({ name }) => name).toSorted());
      checkNextChange(catalogue, oracle, series, at, folder);
    }
  }
  for (const path of paths) checkVersions(catalogue, oracle, series, path);
  for (const folder of folders) checkHeat(catalogue, oracle, series, folder);
}

function checkVersions(
  catalogue: Catalogue,
  oracle: CatalogueOracle,
  series: string,
  path: ByteString,
): void {
  const { items } = catalogue.listVersions(series, path);
  const told = items
    .toReversed()
    .map((item) =>
      item.kind === 'gap'
        ? { kind: 'gap', from: item.lastSeen.snapshotId, to: item.seenAgain.snapshotId }
        : { kind: 'version', from: item.from.snapshotId, to: item.to.snapshotId, content: item.content },
    );
  const expected = oracle.versionsOf(series, path);
  expect(told.map(({ kind, from, to }) => [kind, from, to])).toEqual(
    expected.map(({ kind, from, to }) => [kind, from, to]),
  );
  // The same content has the same chip, other content another.
  const chips = told.flatMap((item, i) => {
    const other = expected[i]!;
    return item.kind === 'version' && other.kind === 'version' && other.content !== 'folder'
      ? [[item.content, other.content]]
      : [];
  });
  expect(new Set(chips.map(([chip]) => chip)).size).toBe(new Set(chips.map(([, content]) => content)).size);
  checkMoves(catalogue, oracle, series, path);
}

/** Whatever is told as moved was there at the one point and not at the next, and has come back elsewhere. */
function checkMoves(catalogue: Catalogue, oracle: CatalogueOracle, series: string, path: ByteString): void {
  const points = oracle.series.get(series)!;
  for (const item of catalogue.listVersions(series, path).items) {
    if (item.kind === 'gap') continue;
    const first = points.findIndex(({ id }) => id === item.from.snapshotId);
    const last = points.findIndex(({ id }) => id === item.to.snapshotId);
    if (item.movedFrom !== undefined) {
      const source = points[first - 1]!.entries.get(item.movedFrom);
      expect(source?.content).toBe(points[first]!.entries.get(path)!.content);
    }
    if (item.movedTo !== undefined) {
      const target = points[last + 1]!.entries.get(item.movedTo);
      expect(target?.content).toBe(points[last]!.entries.get(path)!.content);
    }
  }
}

function checkHeat(catalogue: Catalogue, oracle: CatalogueOracle, series: string, folder: ByteString): void {
  const points = catalogue.points(series);
  const edges = [...new Set(points.map(({ timeMs }) => timeMs))].sort((a, b) => a - b);
  const buckets = catalogue.changesOverTime(series, folder, [...edges, Number.MAX_SAFE_INTEGER]);
  const expected = edges.map((edge) => ({
    added: 0,
    modified: 0,
    removed: 0,
    bytesIn: 0,
    bytesOut: 0,
    points: 0,
    quietPoints: 0,
    waitingPoints: 0,
    edge,
  }));
  for (const [at, { timeMs }] of points.entries()) {
    const bucket = expected.find(({ edge }) => edge === timeMs)!;
    const counts = oracle.changesAt(series, at, folder);
    for (const key of ['added', 'modified', 'removed', 'bytesIn', 'bytesOut'] as const)
      bucket[key] += counts[key];
    bucket.points++;
    if (total(counts) === 0) bucket.quietPoints++;
  }
  expect(buckets).toEqual(expected.map(({ edge: _edge, ...bucket }) => bucket));
}

function checkNextChange(
  catalogue: Catalogue,
  oracle: CatalogueOracle,
  series: string,
  at: number,
  folder: ByteString,
): void {
  const points = oracle.series.get(series)!;
  const changes = points.map((_point, i) => total(oracle.changesAt(series, i, folder)));
  const newer = changes.findIndex((count, i) => i > at && count > 0);
  const older = changes.findLastIndex((count, i) => i <= at && count > 0);
  const { id } = points[at]!;
  expect(catalogue.nextChange(id, folder, 'newer')?.point.snapshotId).toBe(points[newer]?.id);
  expect(catalogue.nextChange(id, folder, 'older')?.point.snapshotId).toBe(
    older < 0 ? undefined : points[older - 1]!.id,
  );
}

test(
  'differences between any two points, and search, are those of the snapshots',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.nat(),
        fc.nat(),
        fc.constantFrom('a', 'É', 'txt', '記', '', 'B'),
        (all, one, other, text) =>
          withHistory(all, async (world, catalogue) => {
            const oracle = new CatalogueOracle(world);
            const results: SearchResult[] = [];
            for await (const slice of catalogue.search({ text, limit: 10_000 }))
              results.push(...slice.results);
            const expected: string[] = [];
            for (const [series, points] of oracle.series) {
              const before = points[one % points.length]!;
              const after = points[other % points.length]!;
              await checkDifference(catalogue, before, after, ROOT);
              for (const path of oracle.pathsOf(series)) {
                if (
                  !foldName(nameOf(path)).includes(text.toLowerCase().normalize('NFKD').replace('\u0301', ''))
                )
                  continue;
                const isDeleted = !points.at(-1)!.entries.has(path);
                expected.push(JSON.stringify([series, path, isDeleted]));
              }
            }
            expect(
              results
                .map(({ series, path, isDeleted }) => JSON.stringify([series, path, isDeleted]))
                .toSorted(),
            ).toEqual(expected.toSorted());
          }),
      ),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);

type Entries = ReadonlyMap<
  ByteString,
  { readonly kind: string; readonly content: string; readonly sizeBytes: number; readonly modifiedMs: number }
>;

async function checkDifference(
  catalogue: Catalogue,
  before: { readonly id: string; readonly entries: Entries },
  after: { readonly id: string; readonly entries: Entries },
  folder: ByteString,
): Promise<void> {
  const page = await catalogue.difference(before.id, after.id, folder);
  const { moved, ...counts } = page.counts;
  const one = before.entries as never;
  const other = after.entries as never;
  expect(counts).toEqual(difference(one, other, folder));
  expect(moved).toBeLessThanOrEqual(counts.added);
  expect(page.isComplete).toBe(true);
  const expected = new Map<ByteString, string>();
  for (const path of new Set([...before.entries.keys(), ...after.entries.keys()])) {
    if (parentOf(path) !== folder) continue;
    const from = before.entries.get(path);
    const to = after.entries.get(path);
    if (from === undefined) expected.set(nameOf(path), 'added');
    else if (to === undefined) expected.set(nameOf(path), 'removed');
    else if (from.kind !== to.kind) expected.set(nameOf(path), 'replaced');
    else if (from.kind === 'folder') {
      if (total(difference(one, other, path)) > 0) expected.set(nameOf(path), 'inside');
    } else if (from.content !== to.content) expected.set(nameOf(path), 'modified');
  }
  expect(new Map(page.entries.map(({ name, change }) => [name, change]))).toEqual(expected);
  for (const { name, change } of page.entries) {
    const path = (folder === ROOT ? `/${name}` : `${folder}/${name}`) as ByteString;
    if (change === 'inside') await checkDifference(catalogue, before, after, path);
  }
}

/** Rows by path and number of their point, which do not depend on the order in which things were read. */
async function contentsOf(disk: MemoryCatalogueDisk): Promise<unknown> {
  const image = parseDatabaseImage(disk.files.get(`${REPOSITORY_ID}.db`)!, CATALOGUE_APPLICATION_ID);
  if (image.kind !== 'sound') throw new Error(image.reason);
  const database = await MemoryDatabase.openMemory({ applicationId: 0, pragmas: '' }, image.database);
  const read = (sql: string): unknown[][] => database.list(sql, []);
  const path = `WITH RECURSIVE up(id, parent, path) AS (
    SELECT id, parent, hex(name) FROM nodes WHERE parent = 0
    UNION ALL SELECT n.id, n.parent, up.path || '/' || hex(n.name) FROM nodes n JOIN up ON n.parent = up.id)`;
  const rows = {
    nodes: read(`${path} SELECT path FROM up ORDER BY path`),
    spans: read(
      `${path} SELECT path, first, last, kind, size, mtime, hex(content) FROM spans JOIN up ON id = node ORDER BY path, first`,
    ),
    changes: read(
      `${path} SELECT path, position, added, modified, removed, bytes_in, bytes_out FROM changes JOIN up ON id = node ORDER BY path, position`,
    ),
    moves: read(
      `${path} SELECT t.path, position, f.path FROM moves JOIN up t ON t.id = to_node JOIN up f ON f.id = from_node ORDER BY t.path, position`,
    ),
    orphans: read('SELECT count(*) FROM spans WHERE node NOT IN (SELECT id FROM nodes)'),
  };
  const points = read('SELECT series, position, snapshot FROM points ORDER BY series, position');
  const roots = new Map(
    read('SELECT hex(CAST(n.name AS BLOB)), s.key, s.id FROM series s JOIN nodes n ON n.id = s.root').map(
      ([name, key, id]) => [String(name), { key, id }],
    ),
  );
  database.close();
  const inWords = (row: unknown[], places: readonly number[]): unknown[] => {
    const [name = '', ...rest] = String(row[0]).split('/');
    const { key, id } = roots.get(name)!;
    const numbers = points.filter(([series]) => series === id).map(([, position]) => position);
    const numberOf = (position: unknown): unknown =>
      numbers.includes(position) ? numbers.indexOf(position) : `open ${String(position)}`;
    return [
      `${String(key)}/${rest.join('/')}`,
      ...row
        .slice(1)
        .map((value, i) =>
          places.includes(i + 1)
            ? numberOf(value)
            : typeof value === 'string' && value.startsWith(`${name}/`)
              ? value.slice(name.length)
              : value,
        ),
    ];
  };
  const sorted = (list: unknown[][]): string[] => list.map((row) => JSON.stringify(row)).toSorted();
  return {
    nodes: sorted(rows.nodes.map((row) => inWords(row, []))),
    spans: sorted(rows.spans.map((row) => inWords(row, [1, 2]))),
    changes: sorted(rows.changes.map((row) => inWords(row, [1]))),
    moves: sorted(rows.moves.map((row) => inWords(row, [1]))),
    orphans: rows.orphans,
  };
}

test(
  'made step by step, with points forgotten and in between, it is what it would be if made at once',
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const world = new CatalogueWorld();
        const bySteps = new MemoryCatalogueDisk();
        const catalogue = await open(bySteps);
        await new HistoryRun(world).run(all, async () => void (await catalogue.update(world)));
        await catalogue.close();
        const atOnce = new MemoryCatalogueDisk();
        const other = await open(atOnce);
        world.reads.length = 0;
        await other.update(world);
        await other.close();
        if (bySteps.files.size === 0 || world.snapshots.size === 0) return;
        expect(await contentsOf(bySteps)).toEqual(await contentsOf(atOnce));
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);
