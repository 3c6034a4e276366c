/** Jobs of a search: taking in what is looked for, and looking through sealed trees for it. */
import { invariant } from '#base/errors.ts';
import type { SearchJobTypes } from '../search-types.ts';
import { TreeSearch } from '../tree-search.ts';
import type { JobContext } from '../worker-thread.ts';

type BeginSearch = SearchJobTypes['beginSearch'];
type SearchTrees = SearchJobTypes['searchTrees'];

/** Of each thread; sent once, as the list of wanted objects may be long. */
const searches = new WeakMap<JobContext, TreeSearch>();

export function beginSearch(query: BeginSearch['input'], context: JobContext): BeginSearch['output'] {
  searches.set(context, new TreeSearch(query, context.primitives));
  return undefined;
}

export function searchTrees(
  { trees, states }: SearchTrees['input'],
  context: JobContext,
): SearchTrees['output'] {
  const search = searches.get(context);
  invariant(search !== undefined, 'trees are searched before the thread knows for what');
  for (const [i, { bytes, uncompressedLength, id }] of trees.entries())
    search.add(() => context.codec.open(bytes, uncompressedLength, id), states[i]!);
  return search.finish();
}
