/**
 * A search as state: asked at once, and not again before a moment has passed; the one before is given up. Results as they
 * come; what was found before stays until then, for a moment.
 */
import { useEffect, useRef, useState } from 'react';
import { useCore } from '../../../core-link/use-core.ts';
import { finish, NOTHING_FOUND, takeSlice, type Found } from './collect-results.ts';
import type { SearchFilters } from './parse-search.ts';

export type SearchState =
  | { readonly kind: 'none' }
  | { readonly kind: 'looking' | 'done'; readonly found: Found }
  | { readonly kind: 'refused'; readonly error: unknown };

/** Between two questions. Shorter than the pause between two keys of most people: it holds back keys that are kept down. */
const REST_MS = 40;
/** What was found before would be taken for the answer. */
const STALE_MS = 100;
const MOST_RESULTS = 200;

const NONE: SearchState = { kind: 'none' };

/** @returns `isOfBefore`: it is the answer to the question before */
export function useSearch(
  placeId: string | null,
  text: string,
  filters: SearchFilters,
): { readonly state: SearchState; readonly isOfBefore: boolean } {
  const { calls } = useCore();
  const [told, setTold] = useState<{ readonly key: string; readonly state: SearchState }>();
  const askedAtMs = useRef(-Infinity);
  const isNothing =
    placeId === null || (text === '' && Object.keys(filters).every((name) => name === 'series'));
  const key = JSON.stringify([placeId, text, filters]);
  useEffect(() => {
    if (isNothing) {
      setTold(undefined);
      return undefined;
    }
    const control = new AbortController();
    const tell = (state: SearchState): void => {
      clearTimeout(late);
      if (!control.signal.aborted) setTold({ key, state });
    };
    const late = setTimeout(() => tell({ kind: 'looking', found: NOTHING_FOUND }), STALE_MS);
    const look = async (): Promise<void> => {
      askedAtMs.current = performance.now();
      let found = NOTHING_FOUND;
      try {
        const end = await calls['browse.search'](
          { placeId, search: { text, filters, limit: MOST_RESULTS } },
          {
            signal: control.signal,
            onProgress: (slice) => {
              found = takeSlice(found, slice, MOST_RESULTS);
              tell({ kind: 'looking', found });
            },
          },
        );
        tell({ kind: 'done', found: finish(found, end) });
      } catch (error) {
        tell({ kind: 'refused', error });
      }
    };
    const restMs = askedAtMs.current + REST_MS - performance.now();
    const timer = restMs > 0 ? setTimeout(() => void look(), restMs) : void look();
    return () => {
      clearTimeout(timer);
      clearTimeout(late);
      control.abort();
    };
    // All that the question depends on is in `key`.
  }, [calls, key, isNothing]);
  if (isNothing) return { state: NONE, isOfBefore: false };
  return { state: told?.state ?? { kind: 'looking', found: NOTHING_FOUND }, isOfBefore: told?.key !== key };
}
