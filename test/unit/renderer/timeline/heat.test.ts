import { describe, expect, test } from 'vitest';
import { barHeight, barsOf, mostOf, partHeights } from '#renderer/features/timeline/band/heat.ts';
import { marksOf, suspicionsOf } from '#renderer/features/timeline/marks.ts';
import { putBacksIn } from '#renderer/features/timeline/put-backs.ts';
import { dotsOf, markPoints, nearestIndex } from '#renderer/features/timeline/band/point-lane.ts';
import type { HeatBucket, Point } from '#renderer/features/timeline/wire-types.ts';

const bucket = (part: Partial<HeatBucket> = {}): HeatBucket => ({
  added: 0,
  modified: 0,
  removed: 0,
  bytesIn: 0,
  bytesOut: 0,
  points: 0,
  quietPoints: 0,
  waitingPoints: 0,
  ...part,
});
const point = (timeMs: number, part: Partial<Point> = {}): Point => ({
  snapshotId: `id${timeMs}`,
  time: '',
  timeMs,
  series: 's',
  state: 'known',
  isFileDamaged: false,
  hostname: 'h',
  username: 'u',
  paths: [],
  tags: [],
  isKept: false,
  isPart: false,
  label: null,
  summary: {},
  ...part,
});

test('the kinds of empty are told apart', () => {
  const bars = barsOf({
    edges: [0, 10, 20, 30, 40, 50],
    buckets: [
      bucket({ points: 2, added: 1 }),
      bucket({ points: 1, quietPoints: 1 }),
      bucket(),
      bucket(),
      bucket({ waitingPoints: 1 }),
    ],
    points: [point(45, { state: 'waiting', summary: { filesNew: 3, filesChanged: 4 } })],
    missedMs: [5, 25],
    held: [],
    suspiciousIds: new Set(),
    locks: new Map(),
  });
  expect(bars.map(({ kind }) => kind)).toEqual(['changed', 'quiet', 'missed', 'off', 'waiting']);
  expect(bars[4]).toMatchObject({ added: 3, modified: 4, removed: 0, points: 1 });
});

test('a backup that was due and could not begin is missed as long as that lasted, and says why', () => {
  const bars = barsOf({
    edges: [0, 10, 20, 30, 40, 50],
    buckets: [bucket({ points: 1, added: 1 }), bucket(), bucket(), bucket(), bucket()],
    points: [],
    missedMs: [12],
    held: [
      { fromMs: 5, toMs: 22, reason: 'placeAway' },
      { fromMs: 22, toMs: 30, reason: 'offline' },
    ],
    suspiciousIds: new Set(),
    locks: new Map(),
  });
  expect(bars.map(({ kind }) => kind)).toEqual(['changed', 'missed', 'missed', 'off', 'off']);
  expect(bars.map(({ heldBy }) => heldBy).slice(1, 4)).toEqual(['placeAway', 'offline', undefined]);
});

test('the first point has nothing before it: it is no quiet one', () => {
  const bars = barsOf({
    edges: [0, 10, 20, 30],
    buckets: [bucket(), bucket({ points: 1, quietPoints: 1 }), bucket({ points: 1, quietPoints: 1 })],
    points: [point(15), point(25)],
    missedMs: [],
    held: [],
    suspiciousIds: new Set(),
    locks: new Map(),
  });
  expect(bars.map(({ isFirst }) => isFirst)).toEqual([false, true, false]);
});

test('the scale is of logarithms and fits what is in sight', () => {
  expect(barHeight(0, 100, 56)).toBe(0);
  expect(barHeight(100, 100, 56)).toBe(56);
  expect(barHeight(1, 10_000, 56)).toBeGreaterThanOrEqual(4);
  expect(barHeight(10, 1000, 56)).toBeGreaterThan(56 / 4);
  const bars = barsOf({
    edges: [0, 10, 20],
    buckets: [bucket({ points: 1, added: 900 }), bucket({ points: 1, added: 9 })],
    points: [],
    missedMs: [],
    held: [],
    suspiciousIds: new Set(),
    locks: new Map(),
  });
  expect(mostOf(bars, 0, 20)).toBe(900);
  expect(mostOf(bars, 10, 20)).toBe(9);
});

test('every part that is there can be seen, and they fill the bar', () => {
  const [added, modified, removed] = partHeights([1, 1_000, 0], 40);
  expect(added).toBeGreaterThan(1.5);
  expect(removed).toBe(0);
  expect(added + modified).toBeCloseTo(40);
});

test('crowded points become a capsule, wherever the band stands', () => {
  const points = [0, 1, 2, 50, 98].map((timeMs) => point(timeMs * 1000));
  const marks = markPoints({ points, elsewhereMs: [], exceptIds: new Set(), locks: new Map() });
  const counts = (fromMs: number): number[] =>
    dotsOf(marks, { fromMs, toMs: fromMs + 200_000 }, 400).map((dot) => dot.marks.length);
  expect(counts(-50_000)).toEqual([3, 1, 1]);
  expect(counts(-51_234)).toEqual([3, 1, 1]);
});

test('capsules keep their points while the band is panned', () => {
  const points = Array.from({ length: 300 }, (_, index) => point(index * 1_000));
  const marks = markPoints({ points, elsewhereMs: [], exceptIds: new Set(), locks: new Map() });
  const groups = (fromMs: number): string[] =>
    dotsOf(marks, { fromMs, toMs: fromMs + 100_000 }, 400)
      .slice(2, -2)
      .map((dot) => dot.marks.map(({ point: { timeMs } }) => timeMs).join());
  const before = groups(50_000);
  const after = groups(51_300);
  expect(after.filter((group) => before.includes(group)).length).toBeGreaterThan(before.length - 3);
});

test('dots never lie over each other', () => {
  const marks = markPoints({
    points: Array.from({ length: 500 }, (_, at) => point(at * 7_919)),
    elsewhereMs: [],
    exceptIds: new Set(),
    locks: new Map(),
  });
  const dots = dotsOf(marks, { fromMs: 0, toMs: 500 * 7_919 }, 1000);
  expect(dots.reduce((sum, dot) => sum + dot.marks.length, 0)).toBe(500);
  for (const [at, dot] of dots.entries())
    if (at > 0) expect(dot.xPx - (dots[at - 1]?.xPx ?? 0)).toBeGreaterThan(6);
});

test('what a dot says of its point', () => {
  const [whole, cut, ring] = markPoints({
    points: [point(0, { isKept: true }), point(10 * 60_000), point(200 * 60_000)],
    elsewhereMs: [[60_000, 12 * 60_000]],
    exceptIds: new Set(['id600000']),
    locks: new Map(),
  });
  expect(whole).toMatchObject({ fill: 'full', isOnlyHere: false, isKept: true });
  expect(cut).toMatchObject({ fill: 'half', isOnlyHere: false });
  expect(ring).toMatchObject({ isOnlyHere: true });
});

test.each([
  [[], 5, -1],
  [[10, 20], 0, 0],
  [[10, 20], 14, 0],
  [[10, 20], 16, 1],
  [[10, 20], 99, 1],
])('the point nearest: %j at %d', (timesMs, atMs, expected) => {
  expect(nearestIndex(timesMs, atMs)).toBe(expected);
});

test('marks: the first backup, labels, and before very many changes', () => {
  const counted = (timeMs: number, filesChanged: number, label: string | null = null): Point =>
    point(timeMs, { label, summary: { filesNew: 0, filesChanged, totalFilesProcessed: 3000 } });
  const points = [
    counted(0, 3000),
    counted(1, 3),
    counted(2, 4, 'before the move'),
    counted(3, 2314),
    counted(4, 2),
  ];
  expect(marksOf(points, [])).toEqual([
    { kind: 'first', pointId: 'id0', atMs: 0 },
    { kind: 'label', pointId: 'id2', atMs: 2, label: 'before the move' },
    { kind: 'beforeMany', pointId: 'id2', atMs: 2, files: 2314 },
  ]);
  expect(
    suspicionsOf(points, []).map(({ point: { snapshotId }, cleanPoint }) => [
      snapshotId,
      cleanPoint.snapshotId,
    ]),
  ).toEqual([['id3', 'id2']]);
});

test('marks: the last point before the system was another one, as far as anybody knows', () => {
  const system = (sinceMs: number, version: string, name = 'Ubuntu', hostname = 'h') => ({
    hostname,
    sinceMs,
    name,
    version,
  });
  const points = [0, 10, 20, 30, 40].map((timeMs) => point(timeMs));
  const updates = (systems: Parameters<typeof marksOf>[2], of = points): unknown[] =>
    marksOf(of, [], systems).flatMap((mark) =>
      mark.kind === 'beforeUpdate' ? [[mark.atMs, mark.words]] : [],
    );
  expect(updates([])).toEqual([]);
  // Of the points before the first entry nothing is known.
  expect(updates([system(20, '24.04')])).toEqual([]);
  expect(updates([system(10, '24.04'), system(30, '24.10')])).toEqual([[20, 'Ubuntu 24.04 → 24.10']]);
  // Seen in another place first; two between two points are one; this place has none since.
  expect(updates([system(5, '24.04'), system(12, '24.10'), system(15, '25.04')])).toEqual([
    [10, 'Ubuntu 24.04 → 25.04'],
  ]);
  expect(updates([system(0, '12', 'Debian'), system(50, '24.04')])).toEqual([
    [40, 'Debian 12 → Ubuntu 24.04'],
  ]);
  const others = [system(0, '24.04'), system(10, '11', 'Windows', 'other'), system(20, '24.04')];
  expect(updates(others)).toEqual([]);
  expect(
    updates([system(0, '1'), system(0, '2', 'X', 'other')], [point(5), point(9, { hostname: 'other' })]),
  ).toEqual([]);
});

test('a version of a part is half a dot, and what the first whole one adds is no change', () => {
  const summary = { filesNew: 60_000, filesChanged: 0, totalFilesProcessed: 60_000 };
  const points = [
    point(0, { isPart: true, summary: { filesNew: 200, totalFilesProcessed: 200 } }),
    point(1, { summary }),
  ];
  expect(marksOf(points, [])).toEqual([{ kind: 'first', pointId: 'id0', atMs: 0 }]);
  expect(suspicionsOf(points, [])).toEqual([]);
  const dots = markPoints({ points, elsewhereMs: [], exceptIds: new Set(), locks: new Map() });
  expect(dots.map(({ fill }) => fill)).toEqual(['half', 'full']);
});

test('many changed files are no suspicion where there are many more', () => {
  const counted = (timeMs: number, filesChanged: number): Point =>
    point(timeMs, { summary: { filesChanged, totalFilesProcessed: 3000 } });
  expect(suspicionsOf([counted(0, 0), counted(1, 1400)], [])).toEqual([]);
  expect(suspicionsOf([counted(0, 0), counted(1, 1600)], [])).toHaveLength(1);
});

describe('what was put back is no change to be wondered at', () => {
  const counted = (timeMs: number, filesChanged: number): Point =>
    point(timeMs, { summary: { filesNew: 0, filesChanged, totalFilesProcessed: 3000 } });
  const points = [counted(0, 0), counted(100, 5), counted(200, 2314), counted(300, 2314)];
  const job = (more: Partial<Parameters<typeof putBacksIn>[0][number]>) => ({
    id: 'j',
    kind: 'restore',
    planId: null,
    placeId: null,
    startedBy: 'person' as const,
    state: 'done' as const,
    request: { kind: 'restore', target: null, paths: ['/home/me/Letters'] },
    queuedAtMs: 0,
    startedAtMs: 110,
    endedAtMs: 150,
    result: { filesRestored: 2000, filesUpdated: 300, undos: [{ folder: '/home/me', undoId: 'u' }] },
    error: null,
    troubleCount: 0,
    progress: null,
    wait: null,
    ...more,
  });
  const undo = job({
    kind: 'undo',
    request: { kind: 'undo', folder: '/home/me', undoId: 'u' },
    startedAtMs: 210,
    endedAtMs: 220,
    result: { returned: 2000, removed: 300 },
  });
  const suspected = (jobs: Parameters<typeof putBacksIn>[0], folder = '/home/me'): string[] =>
    suspicionsOf(points, putBacksIn(jobs, folder)).map(({ point: { snapshotId } }) => snapshotId);

  test('nor is its taking back; what changed at another time, elsewhere or beside it is', () => {
    expect(suspected([])).toEqual(['id200', 'id300']);
    expect(suspected([job({})])).toEqual(['id300']);
    expect(suspected([job({}), undo])).toEqual([]);
    expect(suspected([job({})], '/home/other')).toEqual(['id200', 'id300']);
    expect(suspected([job({ request: { target: '/mnt', paths: ['/home/me'] } })])).toEqual([
      'id200',
      'id300',
    ]);
    expect(suspected([job({ request: { target: null, paths: [] } })])).toEqual(['id300']);
    expect(suspected([job({ result: { filesUpdated: 20, undos: [] } })])).toEqual(['id200', 'id300']);
    expect(suspected([job({ endedAtMs: null })])).toEqual(['id200', 'id300']);
  });

  test('the first point after it says so, unless it was taken back', () => {
    const marks = (jobs: Parameters<typeof putBacksIn>[0]) =>
      marksOf(points, putBacksIn(jobs, '/home/me')).filter(({ kind }) => kind !== 'first');
    expect(marks([job({})])).toEqual([
      { kind: 'putBack', pointId: 'id200', atMs: 200, files: 2300 },
      { kind: 'beforeMany', pointId: 'id200', atMs: 200, files: 2314 },
    ]);
    expect(marks([job({}), undo])).toEqual([]);
    expect(marks([job({ request: { target: '/home/me/Copies', paths: [] } })])).toMatchObject([
      { kind: 'beforeMany', pointId: 'id200' },
    ]);
  });
});
