/** The tree of what differs as state: each folder asked for when it is opened, all anew when the moments change. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { WirePath } from '#contract/app/values.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { nameKey } from '../../../text/show-name.ts';
import type { DifferenceCounts, LoadedFolder } from './difference-tree.ts';

export interface DifferenceQuestion {
  readonly placeId: string;
  readonly beforeId: string;
  readonly afterId: string;
  readonly folder: WirePath;
}

export interface Difference {
  readonly folders: ReadonlyMap<string, LoadedFolder>;
  /** Keys of paths. */
  readonly opened: ReadonlySet<string>;
  /** Of the folder in view as a whole. Undefined: not known yet. */
  readonly counts: DifferenceCounts | undefined;
  readonly isComplete: boolean;
  readonly error: unknown;
  toggle(folder: WirePath): void;
  /** What follows in a folder that has more. */
  more(folder: WirePath): void;
}

type State = Pick<Difference, 'folders' | 'opened' | 'counts' | 'isComplete' | 'error'>;

const PAGE_ENTRIES = 500;
const START: State = {
  folders: new Map(),
  opened: new Set(),
  counts: undefined,
  isComplete: true,
  error: undefined,
};

export function useDifference(question: DifferenceQuestion): Difference {
  const { calls } = useCore();
  const { placeId, beforeId, afterId, folder: top } = question;
  const [state, setState] = useState(START);
  const signal = useRef<AbortSignal>(undefined);
  const key = JSON.stringify(question);

  const load = useCallback(
    async (folder: WirePath, after: WirePath | undefined): Promise<void> => {
      const asked = signal.current;
      const own = nameKey(folder);
      const put = (change: (before: LoadedFolder) => LoadedFolder): void =>
        setState((before) => {
          const known = before.folders.get(own) ?? { entries: [], next: undefined, isLoading: false };
          return { ...before, folders: new Map(before.folders).set(own, change(known)) };
        });
      put((known) => ({ ...known, isLoading: true }));
      try {
        const page = await calls['browse.difference'](
          {
            placeId,
            beforeId,
            afterId,
            folder,
            limit: PAGE_ENTRIES,
            ...(after === undefined ? {} : { after }),
          },
          { signal: asked },
        );
        if (asked?.aborted === true) return;
        put(({ entries }) => ({ entries: [...entries, ...page.entries], next: page.next, isLoading: false }));
        if (own === nameKey(top))
          setState((before) => ({ ...before, counts: page.counts, isComplete: page.isComplete }));
      } catch (error) {
        if (asked?.aborted !== true) setState((before) => ({ ...before, error }));
      }
    },
    // The folder in view is part of the key.
    [calls, key],
  );

  useEffect(() => {
    const control = new AbortController();
    signal.current = control.signal;
    setState(START);
    void load(top, undefined);
    return () => control.abort();
  }, [load]);

  return {
    ...state,
    toggle: (folder) => {
      const own = nameKey(folder);
      const isOpen = state.opened.has(own);
      setState((before) => {
        const opened = new Set(before.opened);
        if (isOpen) opened.delete(own);
        else opened.add(own);
        return { ...before, opened };
      });
      if (!isOpen && !state.folders.has(own)) void load(folder, undefined);
    },
    more: (folder) => void load(folder, state.folders.get(nameKey(folder))?.next),
  };
}
