/**
 * The distinct versions of a path with the gaps between them, newest first. One that differs from the one before by its time alone
 * is no version of its own; a folder's versions are divided by what changed in it.
 */
import { bytesToId } from '#base/ids.ts';
import { byteStringToBytes, type ByteString } from '#base/byte-string.ts';
import { joinPath } from '#operations/find-in-snapshot.ts';
import { isSameContent } from './entry-state.ts';
import { findNode, isUnreadAt, pathOf } from './find-path.ts';
import { NO_NODE } from './nodes-table.ts';
import type { PointRow } from './points-table.ts';
import { OPEN_FIRST, type Span } from './spans-table.ts';
import type { Tables } from './tables.ts';
import { refOf, type Ends, type SeriesPoints, type Timeline } from './timeline.ts';
import type { Gap, Version } from './types.ts';

const DEFAULT_LIMIT = 1000;

export interface ListVersionsOptions {
  /** Newest ones passed over. */
  readonly skip?: number;
  readonly limit?: number;
}

export interface VersionList {
  readonly items: readonly (Version | Gap)[];
  readonly total: number;
}

interface Stretch {
  readonly span: Span;
  readonly ends: Ends;
}

export function listVersions(
  tables: Tables,
  timeline: Timeline,
  points: SeriesPoints,
  path: ByteString,
  { skip = 0, limit = DEFAULT_LIMIT }: ListVersionsOptions,
): VersionList {
  const node = findNode(tables, points.series, path);
  if (node === undefined) return { items: [], total: 0 };
  const items = new VersionStrip(tables, timeline, points, node).list();
  return { items: items.slice(skip, skip + limit), total: items.length };
}

class VersionStrip {
  readonly #tables: Tables;
  readonly #timeline: Timeline;
  readonly #points: SeriesPoints;
  readonly #node: number;

  constructor(tables: Tables, timeline: Timeline, points: SeriesPoints, node: number) {
    this.#tables = tables;
    this.#timeline = timeline;
    this.#points = points;
    this.#node = node;
  }

  list(): (Version | Gap)[] {
    const stretches = this.#stretches();
    const items: (Version | Gap)[] = [];
    for (const [i, stretch] of stretches.entries()) {
      const before = stretches[i - 1];
      const after = stretches[i + 1];
      const isAfterGap = before === undefined || !this.#areNext(before.ends.to, stretch.ends.from);
      const isBeforeGap = after === undefined || !this.#areNext(stretch.ends.to, after.ends.from);
      if (before !== undefined && isAfterGap)
        items.push({ kind: 'gap', lastSeen: refOf(before.ends.to), seenAgain: refOf(stretch.ends.from) });
      items.push(this.#describe(stretch, isAfterGap, isBeforeGap));
    }
    return items.reverse();
  }

  #stretches(): Stretch[] {
    const stretches: Stretch[] = [];
    for (const span of this.#tables.spans.listOf(this.#node)) {
      const ends = this.#timeline.ends(this.#points.series.id, span);
      if (ends === undefined) continue;
      const before = stretches.at(-1);
      if (before !== undefined && this.#continues(before, span, ends))
        stretches[stretches.length - 1] = {
          span: { ...span, first: before.span.first },
          ends: { from: before.ends.from, to: ends.to },
        };
      else stretches.push({ span, ends });
    }
    return stretches;
  }

  #continues(before: Stretch, span: Span, ends: Ends): boolean {
    if (!this.#areNext(before.ends.to, ends.from) || before.span.kind !== span.kind) return false;
    if (span.kind !== 'folder') return isSameContent(before.span, span);
    const { position } = ends.from;
    return this.#tables.changes.sumOf(this.#node, position, position) === 0;
  }

  #areNext(one: PointRow, other: PointRow): boolean {
    return this.#timeline.neighbours(one.series, one.position).after?.position === other.position;
  }

  #describe({ span, ends: { from, to } }: Stretch, isAfterGap: boolean, isBeforeGap: boolean): Version {
    const gone = this.#timeline.neighbours(to.series, to.position).after;
    const movedFrom = isAfterGap ? this.#moved('findSource', from.position) : undefined;
    const fetchFrom = this.#findReadable(from.position, to.position);
    const movedTo = isBeforeGap && gone !== undefined ? this.#moved('findTarget', gone.position) : undefined;
    return {
      kind: 'version',
      from: refOf(from),
      to: refOf(to),
      entryKind: span.kind,
      sizeBytes: span.sizeBytes,
      modifiedMs: span.modifiedMs,
      content: bytesToId(byteStringToBytes(span.key)),
      ...(fetchFrom === undefined ? {} : { fetchFrom: refOf(fetchFrom) }),
      isOldestKnown: span.first === OPEN_FIRST,
      isNewest: gone === undefined,
      ...(movedFrom === undefined ? {} : { movedFrom }),
      ...(movedTo === undefined ? {} : { movedTo }),
    };
  }

  #findReadable(first: number, last: number): PointRow | undefined {
    const { series, known } = this.#points;
    return known.findLast(
      ({ position }) =>
        position >= first &&
        position <= last &&
        !isUnreadAt(this.#tables, this.#tables.points, series, position, this.#node),
    );
  }

  /** It may have moved with a folder above. */
  #moved(find: 'findSource' | 'findTarget', position: number): ByteString | undefined {
    const below: ByteString[] = [];
    for (let node = this.#node; node !== NO_NODE;) {
      const other = this.#tables.changes[find](node, position);
      if (other !== undefined) return below.reduceRight<ByteString>(joinPath, pathOf(this.#tables, other));
      const { parent, name } = this.#tables.nodes.get(node);
      below.push(name);
      node = parent;
    }
    return undefined;
  }
}
