/** What a search tells meanwhile: types alone, taken from the contract. */
import type { Calls } from '../wire-types.ts';

type Options = NonNullable<Parameters<Calls['browse.search']>[1]>;
export type Slice = Parameters<NonNullable<Options['onProgress']>>[0];
export type SearchResult = Slice['results'][number];
