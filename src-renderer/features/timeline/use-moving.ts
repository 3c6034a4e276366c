/**
 * Moving in time by steps: to the next point, to the next one where the thing in view is different, to a typed moment.
 * The thing in view is the selected item where one is selected, else the folder.
 */
import { useMemo, useRef } from 'react';
import type { WirePath } from '#contract/app/values.ts';
import { useCore } from '../../core-link/use-core.ts';
import { useWords } from '../../text/use-words.ts';
import { announce } from './announce.ts';
import { pointAt } from './sources.ts';
import { useHistory, type History } from './use-history.ts';
import { useHistoryView } from './view-store.ts';
import type { NextChange } from './wire-types.ts';

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
  const latest = useRef<History>(history);
  latest.current = history;
  const isJumping = useRef(false);
  return useMemo(() => {
    const go = (pointId: string | undefined): void => {
      const { newest } = latest.current;
      const view = useHistoryView.getState();
      if (pointId !== undefined) view.goTo(pointId === newest?.snapshotId ? null : pointId);
    };
    const lookAhead: Moving['lookAhead'] = async (direction, signal) => {
      const { placeId, point } = latest.current;
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
      lookAhead,
      step(direction) {
        const { points, point } = latest.current;
        const at = points.findIndex(({ snapshotId }) => snapshotId === point?.snapshotId);
        const next = points[at + direction];
        if (next === undefined) announce(direction === -1 ? words.noOlderChange : words.noNewerChange);
        else go(next.snapshotId);
      },
      async jump(direction) {
        if (isJumping.current) return;
        isJumping.current = true;
        try {
          const found = await lookAhead(direction, new AbortController().signal);
          if (found === null) announce(direction === -1 ? words.noOlderChange : words.noNewerChange);
          else go(found.point.snapshotId);
        } catch {
          // The contents say what is wrong; a step that did not go needs no second message.
        } finally {
          isJumping.current = false;
        }
      },
      goToNow: () => useHistoryView.getState().goTo(null),
      goToEnd: (end) =>
        end === 'newest' ? useHistoryView.getState().goTo(null) : go(latest.current.points[0]?.snapshotId),
      goToMoment(atMs, isBefore) {
        const { points } = latest.current;
        go(pointAt(points, isBefore ? atMs - 1 : atMs)?.snapshotId);
      },
    };
  }, [calls, words]);
}
