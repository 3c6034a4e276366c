/** Another place that goes on with what is in view where its own place cannot be reached. Pure. */
import { TOGETHER_MS, type Source } from './sources.ts';
import type { Point } from './wire-types.ts';

export interface StandIn {
  readonly source: Source;
  /** Nearest to the one in view. */
  readonly point: Point;
  /** It was made together with the one in view: who looks at it looks at the same. */
  readonly isSame: boolean;
}

/** Where a version that is damaged here can be had whole: the same version in another place, all of which can be read there. */
export function wholeElsewhere(
  sources: readonly Source[],
  source: Pick<Source, 'placeId' | 'series'>,
  { timeMs, state, isFileDamaged }: Point,
): StandIn | undefined {
  if (!isFileDamaged && state !== 'partly') return undefined;
  const isWhole = (point: Point): boolean => point.state === 'known' && !point.isFileDamaged;
  const found = standInFor(
    sources.map((one) => ({ ...one, points: one.points.filter(isWhole) })),
    source,
    timeMs,
  );
  const own = sources.find((one) => one.placeId === found?.source.placeId && one.series === source.series);
  return found?.isSame === true && own !== undefined ? { ...found, source: own } : undefined;
}

/** Of the places that hold the series and can be reached, the one with the nearest version. */
export function standInFor(
  sources: readonly Source[],
  { placeId, series }: Pick<Source, 'placeId' | 'series'>,
  atMs: number,
): StandIn | undefined {
  const awayMs = ({ timeMs }: Point): number => Math.abs(timeMs - atMs);
  const [nearest] = sources
    .filter((one) => one.series === series && one.placeId !== placeId && !one.isAway)
    .flatMap((source) => {
      // A few files ahead of the first whole version are no version to go on at.
      const [point] = source.points
        .filter(({ isPart }) => !isPart)
        .toSorted((one, other) => awayMs(one) - awayMs(other));
      return point === undefined ? [] : [{ source, point, isSame: awayMs(point) <= TOGETHER_MS }];
    })
    .toSorted((one, other) => awayMs(one.point) - awayMs(other.point));
  return nearest;
}
