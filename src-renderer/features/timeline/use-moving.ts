/**
 * Moving in time by steps: to the next point, to the next one where the thing in view is different, to a typed moment.
 * The thing in view is the selected item where one is selected, else the folder. While the other moment of a comparison is
 * being chosen, it is that one which moves.
 */
import { useMemo, useRef } from 'react';
import type { WirePath } from '#contract/app/values.ts';
import { useCore } from '../../core-link/use-core.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { announce } from './announce.ts';
import { pointAt } from './sources.ts';
import { useHistory, type History } from './use-history.ts';
import { useHistoryView } from './view-store.ts';
import type { NextChange, Point, PointRef } from './wire-types.ts';

export interface Moving {
  /** To the point before or after, changed or not. */
  step(direction: -1 | 1): void;
  /** To where the thing in view changes. */
  jump(direction: -1 | 1): Promise<void>;
  /** Asks only: where that would be. Null: nowhere. */
  lookAhead(direction: -1 | 1, signal: AbortSignal): Promise<NextChange | null>;
  goToNow(): void;
  goToEnd(end: 'oldest' | 'newest'): void;
  /** To the last point not after a moment, or strictly before it. */
  goToMoment(atMs: number, isBefore: boolean): void;
}

export function thingInView(): WirePath {
  const { selection, folder } = useHistoryView.getState();
  const [only] = selection;
  return only !== undefined && selection.length === 1 ? only.path : folder;
}

export function useMoving(): Moving {
  const { calls } = useCore();
  const history = useHistory();
  const { history: words } = useWords();
  const formats = useFormats();
  const latest = useRef<History>(history);
  latest.current = history;
  const isJumping = useRef(false);
  return useMemo(() => {
    const go = (point: PointRef | undefined): void => {
      if (point === undefined) return;
      const { newest } = latest.current;
      const view = useHistoryView.getState();
      const isNewest = point.snapshotId === newest?.snapshotId;
      if (!view.isChoosingCompare) return view.goTo(isNewest ? null : point.snapshotId);
      view.compareWith(isNewest ? 'now' : point.snapshotId, false);
      announce(words.comparedWith(formats.fullMoment(point.timeMs)));
    };
    const moved = (): Point | undefined => {
      const { point, compareWith } = latest.current;
      return useHistoryView.getState().isChoosingCompare ? (compareWith ?? point) : point;
    };
    const nextChange = async (
      point: Point | undefined,
      direction: -1 | 1,
      signal: AbortSignal,
    ): Promise<NextChange | null> => {
      const { placeId } = latest.current;
      if (placeId === null || point === undefined) return null;
      return calls['browse.nextChange'](
        {
          placeId,
          snapshotId: point.snapshotId,
          path: thingInView(),
          direction: direction === -1 ? 'older' : 'newer',
        },
        { signal },
      );
    };
    return {
      lookAhead: (direction, signal) => nextChange(latest.current.point, direction, signal),
      step(direction) {
        const { points } = latest.current;
        const from = moved();
        const at = points.findIndex(({ snapshotId }) => snapshotId === from?.snapshotId);
        const next = points[at + direction];
        if (next === undefined) announce(direction === -1 ? words.noOlderChange : words.noNewerChange);
        else go(next);
      },
      async jump(direction) {
        if (isJumping.current) return;
        isJumping.current = true;
        try {
          const found = await nextChange(moved(), direction, new AbortController().signal);
          if (found === null) announce(direction === -1 ? words.noOlderChange : words.noNewerChange);
          else go(found.point);
        } catch {
          // The contents say what is wrong; a step that did not go needs no second message.
        } finally {
          isJumping.current = false;
        }
      },
      goToNow: () => go(latest.current.newest),
      goToEnd: (end) => go(end === 'newest' ? latest.current.newest : latest.current.points[0]),
      goToMoment(atMs, isBefore) {
        const { points } = latest.current;
        go(pointAt(points, isBefore ? atMs - 1 : atMs));
      },
    };
  }, [calls, words, formats]);
}
