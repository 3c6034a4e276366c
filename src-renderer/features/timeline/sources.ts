/**
 * What can be looked at: each protected set of folders of each computer, in each place; and which of it an address or a
 * person means. Pure.
 */
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { WirePath } from '#contract/app/values.ts';
import type { Point } from './wire-types.ts';
import { commonFolder } from './wire-path.ts';

export interface Source {
  readonly placeId: string;
  readonly placeName: string;
  /** Its place cannot be reached: names are known, contents are not here. */
  readonly isAway: boolean;
  readonly series: string;
  /** Of the plan, or the folders where no plan of this computer is behind it. */
  readonly name: string;
  readonly hostname: string;
  readonly isOfPlan: boolean;
  /** Where looking begins: the folder that holds all that is protected. */
  readonly topFolder: WirePath;
  readonly points: readonly Point[];
  /** Other places that hold the same series, with the moments of their points. */
  readonly elsewhere: readonly {
    readonly placeId: string;
    readonly placeName: string;
    readonly timesMs: readonly number[];
    /** Of those that hold more than a few files ahead of the first whole version. */
    readonly wholeMs: readonly number[];
  }[];
}

export interface Reading {
  readonly waiting: number;
  readonly total: number;
  /** Everything from here on is read. Null: nothing yet. */
  readonly knownFromMs: number | null;
  readonly isUnderWay: boolean;
}

export interface PlacePoints {
  readonly placeId: string;
  readonly points: readonly Point[];
}

/** Backups of one plan to several places begin together: points so near are the same version. */
export const TOGETHER_MS = 30 * 60_000;

/** Plans and settings travel to the places as versions of their own; they are no files of a person. */
const SETTINGS_TAG = 'tidemark-settings';

/**
 * Those of this computer's own plans first, then those whose place is here, of them the ones with the newest point. Of the same
 * series in several places the one that knows most of the past: where people look for something that is gone.
 */
export function sourcesOf(answers: readonly PlacePoints[], mirror: Mirror | undefined): readonly Source[] {
  const found: Omit<Source, 'elsewhere'>[] = [];
  for (const { placeId, points } of answers) {
    const place = mirror?.places.find(({ id }) => id === placeId);
    for (const [series, ofSeries] of Map.groupBy(points, (point) => point.series)) {
      const newest = ofSeries.at(-1);
      if (newest === undefined || newest.tags.includes(SETTINGS_TAG)) continue;
      const plan = mirror?.plans.find(({ id }) => id === series);
      found.push({
        placeId,
        placeName: place?.name ?? '',
        isAway: place?.presence === 'absent',
        series,
        name: plan?.name ?? newest.paths.join(', '),
        hostname: newest.hostname,
        isOfPlan: plan !== undefined,
        topFolder: commonFolder(newest.paths),
        points: ofSeries,
      });
    }
  }
  const newestOf = new Map<string, number>();
  for (const source of found)
    newestOf.set(source.series, Math.max(newestOf.get(source.series) ?? 0, newestMs(source)));
  return found
    .map((source) => ({
      ...source,
      elsewhere: found
        .filter((other) => other.series === source.series && other.placeId !== source.placeId)
        .map(({ placeId, placeName, points }) => ({
          placeId,
          placeName,
          timesMs: timesOf(points),
          wholeMs: timesOf(points.filter(({ isPart }) => !isPart)),
        })),
    }))
    .toSorted(
      (one, other) =>
        Number(other.isOfPlan) - Number(one.isOfPlan) ||
        Number(one.isAway) - Number(other.isAway) ||
        (newestOf.get(other.series) ?? 0) - (newestOf.get(one.series) ?? 0) ||
        other.points.length - one.points.length ||
        newestMs(other) - newestMs(one),
    );
}

function timesOf(points: readonly Point[]): readonly number[] {
  return points.map(({ timeMs }) => timeMs);
}

function newestMs({ points }: Pick<Source, 'points'>): number {
  return points.at(-1)?.timeMs ?? 0;
}

/**
 * A point that was written anew has another id: it is found by what it was. For one that is gone: the one before it, and
 * where nobody knows when it was, the newest.
 * @param seenMs moments of all points that were ever told
 */
export function findPoint(
  points: readonly Point[],
  pointId: string,
  seenMs: ReadonlyMap<string, number>,
): Point | undefined {
  const found = points.find(({ snapshotId, original }) => snapshotId === pointId || original === pointId);
  return found ?? pointAt(points, seenMs.get(pointId) ?? Infinity);
}

/** The last point not after a moment; the first one where all are after it. */
export function pointAt(points: readonly Point[], atMs: number): Point | undefined {
  return points.findLast(({ timeMs }) => timeMs <= atMs) ?? points[0];
}

export function readingOf(
  points: readonly Point[],
  jobs: Mirror['jobs'] | undefined,
  placeId: string | null,
): Reading | null {
  const waiting = points.filter(({ state }) => state === 'waiting').length;
  if (waiting === 0) return null;
  const lastWaiting = points.findLastIndex(({ state }) => state === 'waiting');
  return {
    waiting,
    total: points.length,
    knownFromMs: points[lastWaiting + 1]?.timeMs ?? null,
    isUnderWay:
      jobs?.some((job) => job.kind === 'readHistory' && job.placeId === placeId && job.state === 'running') ??
      false,
  };
}
