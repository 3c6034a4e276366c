/**
 * Goes on at another place by itself when the one that is looked at goes away meanwhile and the other has the same version.
 * Whoever opens a place that is away, or whose version no other place has, is asked instead (`banners.tsx`).
 */
import { useEffect, useMemo, useRef } from 'react';
import { standInFor, type StandIn } from './stand-in.ts';
import { useHistory } from './use-history.ts';
import { useHistoryView } from './view-store.ts';

/** @returns where to go on; undefined while the place is there, or where no other can */
export function useStandIn(): StandIn | undefined {
  const { source, sources, point, presence } = useHistory();
  const isAway = presence === 'absent';
  const standIn = useMemo(
    () =>
      isAway && source !== undefined && point !== undefined
        ? standInFor(sources, source, point.timeMs)
        : undefined,
    [isAway, sources, source, point],
  );
  const wasHere = useRef<string>(undefined);
  const placeId = source?.placeId;
  useEffect(() => {
    const hasGone = isAway && wasHere.current === placeId;
    wasHere.current = isAway ? undefined : placeId;
    if (hasGone && standIn?.isSame === true) goOnAt(standIn, placeId);
  }, [isAway, placeId, standIn]);
  return standIn;
}

/** @param insteadOf the place that was left because it went away */
export function goOnAt({ source, point }: Pick<StandIn, 'source' | 'point'>, insteadOf?: string): void {
  const isNewest = source.points.at(-1) === point;
  useHistoryView.getState().changePlace(source.placeId, isNewest ? null : point.snapshotId, insteadOf);
}
