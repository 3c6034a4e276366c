/** Locks on the versions in view, as each place that holds the series tells them; asked anew when there are other points. */
import { useMemo } from 'react';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCore } from '../../../core-link/use-core.ts';
import type { Source } from '../sources.ts';
import { locksOf, type Lock, type PlaceLocks } from './locks.ts';

export function useLocks({
  placeId,
  placeName,
  series,
  points,
  elsewhere,
}: Source): ReadonlyMap<string, Lock> {
  const { calls } = useCore();
  const places = [
    { placeId, placeName, isOwn: true, wholeMs: [] as readonly number[] },
    ...elsewhere.map((other) => ({ ...other, isOwn: false })),
  ];
  const { value } = useAnswer(
    (signal) =>
      Promise.all(
        places.map(async ({ placeId: id, placeName: name, isOwn, wholeMs }): Promise<PlaceLocks> => {
          const told = await calls['browse.locks']({ placeId: id, series }, { signal }).catch(() => []);
          const whole = new Set(wholeMs);
          const locks = isOwn ? told : told.filter(({ timeMs }) => whole.has(timeMs));
          return { placeName: name, isOwn, locks };
        }),
      ),
    [series, places.map((one) => one.placeId), points.length, points.at(-1)?.snapshotId],
  );
  return useMemo(() => locksOf(points, value ?? []), [points, value]);
}
