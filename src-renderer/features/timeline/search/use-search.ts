/** A search as state: asked when typing rests a moment, the one before given up, results as they come. */
import { useEffect, useState } from 'react';
import { useCore } from '../../../core-link/use-core.ts';
import { finish, NOTHING_FOUND, takeSlice, type Found } from './collect-results.ts';
import type { SearchFilters } from './parse-search.ts';

export type SearchState =
  | { readonly kind: 'none' }
  | { readonly kind: 'looking' | 'done'; readonly found: Found }
  | { readonly kind: 'refused'; readonly error: unknown };

/** Shorter than the pause between two keys of most people would ask for every letter. */
const REST_MS = 40;
export const MOST_RESULTS = 200;

export function useSearch(placeId: string | null, text: string, filters: SearchFilters): SearchState {
  const { calls } = useCore();
  const [state, setState] = useState<SearchState>({ kind: 'none' });
  const isNothing =
    placeId === null || (text === '' && Object.keys(filters).every((name) => name === 'series'));
  const key = JSON.stringify([placeId, text, filters]);
  useEffect(() => {
    if (isNothing) {
      setState({ kind: 'none' });
      return undefined;
    }
    const control = new AbortController();
    const look = async (): Promise<void> => {
      let found = NOTHING_FOUND;
      const tell = (kind: 'looking' | 'done'): void => {
        if (!control.signal.aborted) setState({ kind, found });
      };
      tell('looking');
      try {
        const end = await calls['browse.search'](
          { placeId, search: { text, filters, limit: MOST_RESULTS } },
          {
            signal: control.signal,
            onProgress: (slice) => {
              found = takeSlice(found, slice, MOST_RESULTS);
              tell('looking');
            },
          },
        );
        found = finish(found, end);
        tell('done');
      } catch (error) {
        if (!control.signal.aborted) setState({ kind: 'refused', error });
      }
    };
    const timer = setTimeout(() => void look(), REST_MS);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
    // All that the question depends on is in `key`.
  }, [calls, key, isNothing]);
  return state;
}
