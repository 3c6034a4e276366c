/**
 * All versions of a path, going on under the names that it had before: where it appeared by a move, what it was before is
 * asked for as well.
 */
import type { WirePath } from '#contract/app/values.ts';
import { nameKey } from '../../../text/show-name.ts';
import type { Calls } from '../wire-types.ts';
import type { PlacedItem } from './strip-view.ts';

/** A name that goes round in circles ends here. */
const MOST_MOVES = 8;
const MOST_VERSIONS = 1_000;

export interface Strip {
  /** Newest first. */
  readonly items: readonly PlacedItem[];
  /** There are more than are told. */
  readonly isCut: boolean;
}

export async function loadStrip(
  calls: Pick<Calls, 'browse.versions'>,
  { placeId, series, path }: { placeId: string; series: string; path: WirePath },
  signal: AbortSignal,
): Promise<Strip> {
  const items: PlacedItem[] = [];
  const seen = new Set<string>();
  let isCut = false;
  let next: { path: WirePath; beforeMs: number } | undefined = { path, beforeMs: Infinity };
  while (next !== undefined && seen.size < MOST_MOVES) {
    const here: { path: WirePath; beforeMs: number } = next;
    seen.add(nameKey(here.path));
    const list = await calls['browse.versions'](
      { placeId, series, path: here.path, limit: MOST_VERSIONS },
      { signal },
    );
    const own = list.items.filter((item) => endMs(item) < here.beforeMs);
    items.push(...own.map((item) => ({ path: here.path, item })));
    isCut ||= list.total > list.items.length;
    const oldest = own.at(-1);
    next =
      oldest?.kind === 'version' && oldest.movedFrom !== undefined && !seen.has(nameKey(oldest.movedFrom))
        ? { path: oldest.movedFrom, beforeMs: oldest.from.timeMs }
        : undefined;
  }
  return { items, isCut };
}

function endMs(item: PlacedItem['item']): number {
  return item.kind === 'version' ? item.to.timeMs : item.seenAgain.timeMs;
}
