/** Rows of the strip whose contents look random all at once, where the place is here to tell and asking it costs nothing. */
import { useMemo } from 'react';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCore, useMirror } from '../../../core-link/use-core.ts';
import { useHistory } from '../use-history.ts';
import { leapsOf, suspectsOf } from './entropy-leaps.ts';
import type { Subject } from './use-subject.ts';

const NONE: readonly (number | null)[] = [];

/** By `rowKey`. */
export function useLeaps({ strip, placeId }: Subject): ReadonlySet<string> {
  const { calls } = useCore();
  const { presence } = useHistory();
  const isMetered = useMirror()?.machine.network === 'metered';
  const suspects = useMemo(() => suspectsOf(strip.value?.items ?? []), [strip.value?.items]);
  const mayAsk = suspects.length > 0 && presence !== 'absent' && !isMetered;
  const files = suspects.flatMap(({ before, after }) => [before, after]);
  const answer = useAnswer(
    mayAsk ? (signal) => calls['browse.storedShares']({ placeId, files }, { signal }) : null,
    [placeId, files],
  );
  // Those of the file before belong to nothing here.
  const shares = answer.kind === 'here' && mayAsk ? answer.value : NONE;
  return useMemo(() => leapsOf(suspects, shares), [suspects, shares]);
}
