/**
 * Takes a point out: what only it had is forgotten, what its neighbours have alike becomes one. Reads nothing of the
 * repository, because what the point refers to may be gone already.
 */
import type { ByteString } from '#base/byte-string.ts';
import { isSameState, type EntryState } from './entry-state.ts';
import { NO_NODE } from './nodes-table.ts';
import { PointWalk, type PointPlace, type Task, type WalkOptions } from './point-walk.ts';
import { OPEN_FIRST, OPEN_LAST, type Span } from './spans-table.ts';
import type { Tables } from './tables.ts';

/** To be called in a transaction. The row of the point itself is the caller's. */
export async function removePoint(
  tables: Tables,
  place: PointPlace,
  options: WalkOptions & { readonly emptyFolder: ByteString },
): Promise<void> {
  await new RemoveWalk(tables, place, options.emptyFolder).run(options);
}

class RemoveWalk extends PointWalk {
  async run(options: WalkOptions): Promise<void> {
    const { series, position, before, after } = this.place;
    const { spans, points } = this.tables;
    const root: Task = {
      node: series.root,
      isNew: false,
      parent: NO_NODE,
      isParentNew: false,
      name: '' as ByteString,
      before: undefined,
      at: undefined,
      after: undefined,
    };
    for (const span of spans.listOf(series.root)) {
      const covers = (at: number | undefined): boolean =>
        at !== undefined && span.first <= at && span.last >= at;
      if (covers(before)) root.before = span;
      if (covers(position)) root.at = span;
      if (covers(after)) root.after = span;
    }
    await this.walk(root, options);
    this.writeChanges('at', position, false);
    if (after !== undefined) this.writeChanges('after', after, before !== undefined);
    points.clearUnread(series.id, position);
  }

  /** Everything is in the tables. */
  protected override loadFolder(): undefined {
    return undefined;
  }

  protected override settle(entry: Task): void {
    const { spans, nodes } = this.tables;
    const { before: beforeAt, after: afterAt } = this.place;
    const { node, before, after } = entry;
    const at = entry.at as Span | undefined;
    if (at !== undefined && at !== before && at !== after) spans.remove(node, at.first);
    if (before !== undefined && before !== after) {
      if (afterAt === undefined) {
        if (at !== before) spans.setLast(node, before.first, OPEN_LAST);
      } else if (at === before) spans.setLast(node, before.first, beforeAt!);
    }
    if (after !== undefined && before !== after) {
      if (beforeAt === undefined) {
        if (at !== after) spans.setFirst(node, after.first, OPEN_FIRST);
      } else if (at === after) spans.setFirst(node, after.first, afterAt!);
    }
    if (before !== undefined && after !== undefined && before !== after && isSameState(before, after)) {
      spans.remove(node, after.first);
      spans.setLast(node, before.first, after.last);
    }
    const isUnused = before === undefined && after === undefined && !spans.hasAny(node);
    if (isUnused && node !== this.place.series.root) nodes.remove(node);
  }

  /** They all came with the neighbours. */
  protected override addEntries(): void {
    // Nothing to add.
  }

  protected override changesOf({ before, after }: Task): ReturnType<PointWalk['changesOf']> {
    const change: readonly ['after', EntryState | undefined, EntryState | undefined] = [
      'after',
      before,
      after,
    ];
    return this.place.before !== undefined && this.place.after !== undefined ? [change] : [];
  }
}
