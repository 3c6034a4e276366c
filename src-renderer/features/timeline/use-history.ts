/**
 * What the core has said of the history in view, for every part of the page: the points of the series in order, the one
 * in view, the place and how far its catalogue has been read. Asked once, by the page; the parts read it by `useHistory`.
 */
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { findPoint, readingOf, sourcesOf, type Reading, type Source } from './sources.ts';
import { useHistoryView } from './view-store.ts';
import type { Point } from './wire-types.ts';

export interface History {
  /** `asking`: not known yet. `none`: nothing to look at anywhere. */
  readonly kind: 'asking' | 'refused' | 'none' | 'here';
  readonly error: unknown;
  /** Null while there is no place to look at. */
  readonly placeId: string | null;
  readonly series: string | null;
  readonly placeName: string;
  readonly presence: Mirror['places'][number]['presence'];
  /** Of the series in view, oldest first. */
  readonly points: readonly Point[];
  /** The point in view; in `Now` the newest. Undefined where there is none. */
  readonly point: Point | undefined;
  readonly newest: Point | undefined;
  /** The second playhead, in compare mode. */
  readonly compareWith: Point | undefined;
  readonly isNow: boolean;
  /** Every computer and set of folders, in every place. */
  readonly sources: readonly Source[];
  readonly source: Source | undefined;
  /** Where the history is not yet read as a whole. */
  readonly reading: Reading | null;
  again(): void;
}

export const HistoryContext = createContext<History | null>(null);

export function useHistory(): History {
  const history = useContext(HistoryContext);
  if (history === null) throw new Error('useHistory outside of the history page');
  return history;
}

/** For the page alone: asks for the points of every place, and keeps them up to date. */
export function useHistoryQuestion(): History {
  const { calls } = useCore();
  const mirror = useMirror();
  const placeId = useHistoryView((view) => view.placeId);
  const series = useHistoryView((view) => view.series);
  const pointId = useHistoryView((view) => view.pointId);
  const compareWithId = useHistoryView((view) => view.compareWithId);
  const places = mirror?.places ?? [];
  const answer = useAnswer(
    mirror === undefined
      ? null
      : (signal) =>
          Promise.all(
            places.map(async ({ id }) => ({
              placeId: id,
              points: await calls['browse.points']({ placeId: id }, { signal }).catch((error: unknown) => {
                if (places.length === 1) throw error;
                return [];
              }),
            })),
          ),
    [places.map(({ id }) => id), newsOf(mirror)],
  );
  const jobs = mirror?.jobs;
  // The mirror is another one with every word of a running job: what is worked out anew follows its parts.
  const sources = useMemo(
    () => sourcesOf(answer.value ?? [], mirror),
    [answer.value, mirror?.places, mirror?.plans],
  );
  const source = sources.find((one) => one.placeId === placeId && one.series === series);
  const points = useMemo(() => source?.points ?? [], [source?.points]);
  const [seenMs] = useState(() => new Map<string, number>());
  useEffect(() => {
    for (const { snapshotId, timeMs } of points) seenMs.set(snapshotId, timeMs);
  }, [points]);
  const newest = points.at(-1);
  const point = pointId === null ? newest : findPoint(points, pointId, seenMs);
  useEffect(() => {
    // It is another one now, because the one that was asked for is gone: all parts of the page are to look at the same.
    if (pointId !== null && point !== undefined && point.snapshotId !== pointId)
      useHistoryView.getState().goTo(point.snapshotId);
  }, [pointId, point?.snapshotId]);
  const place = places.find(({ id }) => id === placeId);
  const kind =
    answer.value === undefined
      ? answer.kind === 'refused'
        ? 'refused'
        : 'asking'
      : sources.length === 0
        ? 'none'
        : 'here';
  const reading = useMemo(() => readingOf(points, jobs, placeId), [points, jobs, placeId]);
  const { again } = answer;
  const error: unknown = answer.kind === 'refused' ? answer.error : undefined;
  const compareWith =
    compareWithId === null
      ? undefined
      : compareWithId === 'now'
        ? newest
        : findPoint(points, compareWithId, seenMs);
  const facts: History = {
    kind,
    error,
    placeId: source?.placeId ?? placeId,
    series: source?.series ?? series,
    placeName: place?.name ?? '',
    presence: place?.presence ?? 'unknown',
    points,
    point,
    newest,
    compareWith,
    isNow: pointId === null,
    sources,
    source,
    reading,
    again,
  };
  // The same object until any of it is another: every part of the page is drawn anew with it.
  return useMemo(() => facts, Object.values(facts));
}

/** Changes with everything after which there may be other points. */
function newsOf(mirror: Mirror | undefined): unknown {
  if (mirror === undefined) return null;
  return [
    mirror.health.copies.map(({ newestAtMs }) => newestAtMs ?? 0),
    mirror.jobs.filter(({ kind, endedAtMs }) => endedAtMs !== null && CHANGING.has(kind)).map(({ id }) => id),
    mirror.jobs
      .filter(({ kind, state }) => kind === 'readHistory' && state === 'running')
      .map(({ progress }) => progress?.filesDone ?? 0),
  ];
}

const CHANGING = new Set(['backup', 'label', 'erase', 'thinOut', 'readHistory', 'cleanUp']);
