/** Results of a search as they come in, the best first; what came before under the same path is replaced. Pure. */
import type { Answers } from '../wire-types.ts';
import { nameKey } from '../../../text/show-name.ts';
import type { Slice, SearchResult } from './search-types.ts';

export interface Found {
  readonly results: readonly SearchResult[];
  readonly matched: number;
  readonly isCut: boolean;
  /** 0 to 1. */
  readonly done: number;
}

export const NOTHING_FOUND: Found = { results: [], matched: 0, isCut: false, done: 0 };

export function takeSlice(found: Found, slice: Slice, most: number): Found {
  const byPath = new Map(found.results.map((result) => [resultKey(result), result]));
  for (const result of slice.results) byPath.set(resultKey(result), result);
  const results = [...byPath.values()]
    .toSorted((one, other) => compareTexts(one.rank, other.rank))
    .slice(0, most);
  return { results, matched: slice.matched, isCut: slice.isCut, done: slice.done };
}

export function finish(found: Found, { matched, isCut }: Answers<'browse.search'>): Found {
  return { ...found, matched, isCut, done: 1 };
}

export function resultKey({ series, path }: Pick<SearchResult, 'series' | 'path'>): string {
  return `${series} ${nameKey(path)}`;
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
