/**
 * What a catalogue must answer, found the slow way: every snapshot is gone through whole, each question compares lists of all
 * paths. Shares nothing with the catalogue but the rule of which names are safe.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { SnapshotId } from '#base/ids.ts';
import { isSafeName } from '#format/tree.ts';
import { seriesKey } from '#rules/snapshot-groups.ts';
import { sizeOf, type CatalogueWorld, type WorldFolder } from './catalogue-world.ts';

export interface OracleEntry {
  readonly kind: 'file' | 'folder' | 'symlink';
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Equal where contents are; of a folder its tree. */
  readonly content: string;
}

export interface OraclePoint {
  readonly id: SnapshotId;
  readonly entries: ReadonlyMap<ByteString, OracleEntry>;
}

export interface OracleCounts {
  added: number;
  modified: number;
  removed: number;
  bytesIn: number;
  bytesOut: number;
}

export type OracleItem =
  | { kind: 'gap'; from: SnapshotId; to: SnapshotId }
  | { kind: 'version'; from: SnapshotId; to: SnapshotId; content: string };

export class CatalogueOracle {
  /** Oldest first. */
  readonly series = new Map<string, OraclePoint[]>();

  constructor(world: CatalogueWorld) {
    const all = [...world.snapshots].map(([id, { stored, root }]) => ({
      id,
      root,
      snapshot: stored.snapshot,
    }));
    const momentOf = ({ id, snapshot }: (typeof all)[number]): string =>
      snapshot.time + (snapshot.original ?? id);
    all.sort((a, b) => (momentOf(a) < momentOf(b) ? -1 : 1));
    for (const { id, root, snapshot } of all) {
      const entries = new Map<ByteString, OracleEntry>();
      flatten(world, '' as ByteString, root, entries);
      const key = seriesKey(snapshot);
      this.series.set(key, [...(this.series.get(key) ?? []), { id, entries }]);
    }
  }

  /** Of all points, in order, without the root. */
  pathsOf(series: string): ByteString[] {
    const paths = new Set(this.series.get(series)!.flatMap(({ entries }) => [...entries.keys()]));
    return [...paths].sort();
  }

  /** By name: undefined for what is there, else the points between which it went. */
  folderAt(
    series: string,
    at: number,
    folder: ByteString,
  ): Map<ByteString, OracleEntry & { gone?: readonly SnapshotId[] }> {
    const points = this.series.get(series)!;
    const found = new Map<ByteString, OracleEntry & { gone?: readonly SnapshotId[] }>();
    for (let i = 0; i <= at; i++) {
      for (const [path, entry] of points[i]!.entries) {
        if (parentOf(path) !== folder) continue;
        found.set(nameOf(path), i === at ? entry : { ...entry, gone: [points[i]!.id, points[i + 1]!.id] });
      }
    }
    return found;
  }

  versionsOf(series: string, path: ByteString): OracleItem[] {
    const items: OracleItem[] = [];
    let gapFrom: SnapshotId | undefined;
    for (const [i, { id, entries }] of this.series.get(series)!.entries()) {
      const entry = entries.get(path);
      const last = items.at(-1);
      if (entry === undefined) {
        if (last?.kind === 'version' && gapFrom === undefined) gapFrom = last.to;
        continue;
      }
      if (gapFrom !== undefined) items.push({ kind: 'gap', from: gapFrom, to: id });
      const isSame =
        last?.kind === 'version' &&
        gapFrom === undefined &&
        this.#isSameVersion(series, path, last, entry, i);
      gapFrom = undefined;
      if (isSame) (last as { to: SnapshotId }).to = id;
      else
        items.push({
          kind: 'version',
          from: id,
          to: id,
          content: entry.kind === 'folder' ? 'folder' : entry.content,
        });
    }
    return items;
  }

  #isSameVersion(
    series: string,
    path: ByteString,
    last: OracleItem,
    entry: OracleEntry,
    at: number,
  ): boolean {
    if (last.kind !== 'version') return false;
    if (entry.kind === 'folder')
      return last.content === 'folder' && total(this.changesAt(series, at, path)) === 0;
    return last.content === entry.content;
  }

  /** Below the folder, against the point before. */
  changesAt(series: string, at: number, folder: ByteString): OracleCounts {
    const points = this.series.get(series)!;
    return at === 0 ? noCounts() : difference(points[at - 1]!.entries, points[at]!.entries, folder);
  }
}

export function difference(
  before: ReadonlyMap<ByteString, OracleEntry>,
  after: ReadonlyMap<ByteString, OracleEntry>,
  folder: ByteString,
): OracleCounts {
  const counts = noCounts();
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    if (folder !== '/' && !path.startsWith(`${folder}/`)) continue;
    const from = before.get(path);
    const to = after.get(path);
    const isReplaced = from !== undefined && to !== undefined && from.kind !== to.kind;
    const isModified = from?.kind === to?.kind && to?.kind !== 'folder' && from?.content !== to?.content;
    if (isModified && !isReplaced && from !== undefined && to !== undefined) counts.modified++;
    else {
      if (to !== undefined && (from === undefined || isReplaced)) counts.added++;
      if (from !== undefined && (to === undefined || isReplaced)) counts.removed++;
      if (from !== undefined && to !== undefined && !isReplaced) continue;
    }
    counts.bytesIn += to?.sizeBytes ?? 0;
    counts.bytesOut += from?.sizeBytes ?? 0;
  }
  return counts;
}

export function total({ added, modified, removed }: OracleCounts): number {
  return added + modified + removed;
}

function noCounts(): OracleCounts {
  return { added: 0, modified: 0, removed: 0, bytesIn: 0, bytesOut: 0 };
}

export function parentOf(path: ByteString): ByteString {
  const slash = path.lastIndexOf('/');
  return (slash === 0 ? '/' : path.slice(0, slash)) as ByteString;
}

export function nameOf(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('/') + 1) as ByteString;
}

function flatten(
  world: CatalogueWorld,
  path: ByteString,
  folder: WorldFolder,
  into: Map<ByteString, OracleEntry>,
): void {
  for (const [name, entry] of folder.entries) {
    if (!isSafeName(name)) continue;
    const at = `${path}/${name}` as ByteString;
    const modifiedMs = Date.UTC(2025, 0, 1) + entry.second * 1000;
    if (entry.type === 'dir') {
      into.set(at, { kind: 'folder', sizeBytes: 0, modifiedMs, content: world.treeOf(entry) });
      flatten(world, at, entry, into);
    } else
      into.set(at, {
        kind: entry.type,
        sizeBytes: sizeOf(entry),
        modifiedMs,
        content: `${entry.type} ${entry.content}`,
      });
  }
}
