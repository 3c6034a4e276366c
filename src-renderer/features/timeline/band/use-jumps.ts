/** Where a jump to the next change would go, in both directions; asked once time has rested for a moment. */
import { useEffect, useState } from 'react';
import { useNowMs } from '../../../core-link/use-now.ts';
import { nameKey } from '../../../text/show-name.ts';
import { useHistory } from '../use-history.ts';
import { thingInView, useMoving } from '../use-moving.ts';
import { useHistoryView } from '../view-store.ts';
import type { NextChange } from '../wire-types.ts';

const REST_MS = 220;

export interface Jumps {
  readonly older: NextChange | null;
  readonly newer: NextChange | null;
  readonly nowMs: number;
  jump(direction: -1 | 1): Promise<void>;
}

export function useJumps(): Jumps {
  const { point, points } = useHistory();
  const moving = useMoving();
  const nowMs = useNowMs();
  useHistoryView((view) => view.selection);
  useHistoryView((view) => view.folder);
  const [found, setFound] = useState<{ key: string; older: NextChange | null; newer: NextChange | null }>();
  const key = `${point?.snapshotId} ${points.length} ${nameKey(thingInView())}`;
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      Promise.all([moving.lookAhead(-1, stop.signal), moving.lookAhead(1, stop.signal)]).then(
        ([older, newer]) => {
          if (!stop.signal.aborted) setFound({ key, older, newer });
        },
        () => undefined,
      );
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [key, moving]);
  const isCurrent = found?.key === key;
  return {
    older: isCurrent ? found.older : null,
    newer: isCurrent ? found.newer : null,
    nowMs,
    jump: moving.jump,
  };
}
