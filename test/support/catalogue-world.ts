/**
 * Histories of folders for tests of the catalogue: folders as plain values, turned into trees and snapshots of the real format,
 * given to a catalogue as a source that can have unreadable trees. Several series; names of all kinds.
 */
import { byteStringToBytes, textToByteString, type ByteString } from '#base/byte-string.ts';
import { bytesToId, type BlobId, type SnapshotId } from '#base/ids.ts';
import type { CatalogueSource } from '#catalogue/catalogue-source.ts';
import type { Snapshot } from '#format/snapshot.ts';
import { encodeNode, encodeTree, parseTree } from '#format/tree.ts';
import type { NodeType, TreeNode } from '#format/tree-node.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { seriesTag } from '#rules/snapshot-groups.ts';
import { nodePrimitives } from '#test/support/node-primitives.ts';

export type WorldEntry = WorldFolder | WorldLeaf;

export interface WorldFolder {
  readonly type: 'dir';
  readonly second: number;
  readonly entries: ReadonlyMap<ByteString, WorldEntry>;
}

export interface WorldLeaf {
  readonly type: 'file' | 'symlink';
  readonly second: number;
  /** Contents are equal when these are; empty for an empty file. */
  readonly content: string;
}

export const EMPTY_FOLDER: WorldFolder = { type: 'dir', second: 0, entries: new Map() };

export const REPOSITORY_ID = 'c'.repeat(64);

export class CatalogueWorld implements CatalogueSource {
  readonly repositoryId: string;
  readonly primitives = nodePrimitives;
  readonly snapshots = new Map<SnapshotId, { readonly stored: StoredSnapshot; readonly root: WorldFolder }>();
  readonly damagedTrees = new Set<string>();
  readonly damagedSnapshots = new Set<string>();
  /** Trees that were read, in order. */
  readonly reads: string[] = [];
  readonly #trees = new Map<string, Uint8Array>();
  #made = 0;

  constructor(repositoryId = REPOSITORY_ID) {
    this.repositoryId = repositoryId;
  }

  /** @param seconds of its time, since 2026-01-01 */
  take(series: string, root: WorldFolder, seconds: number, changes: Partial<Snapshot> = {}): SnapshotId {
    const snapshot: Snapshot = {
      time: new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString(),
      tree: this.#store(root),
      paths: ['/home'],
      hostname: `host of ${series}`,
      username: 'me',
      uid: 0,
      gid: 0,
      excludes: [],
      tags: [seriesTag(series)],
      ...changes,
    };
    return this.put(snapshot, root);
  }

  put(snapshot: Snapshot, root: WorldFolder): SnapshotId {
    const id = bytesToId<SnapshotId>(nodePrimitives.sha256(Buffer.from(`${snapshot.time} ${this.#made++}`)));
    this.snapshots.set(id, { stored: { id, snapshot }, root });
    return id;
  }

  /** As `tag` does: another id, the same point. */
  rewrite(id: SnapshotId, changes: Partial<Snapshot>): SnapshotId {
    const { stored, root } = this.snapshots.get(id)!;
    this.snapshots.delete(id);
    return this.put({ ...stored.snapshot, original: stored.snapshot.original ?? id, ...changes }, root);
  }

  treeOf(folder: WorldFolder): BlobId {
    return this.#store(folder);
  }

  loadSnapshots(): ReturnType<CatalogueSource['loadSnapshots']> {
    const all = [...this.snapshots.values()].map(({ stored }) => stored);
    const snapshots = all
      .filter(({ id }) => !this.damagedSnapshots.has(id))
      .toSorted((a, b) => (a.snapshot.time + a.id < b.snapshot.time + b.id ? -1 : 1));
    return Promise.resolve({ snapshots, damagedIds: this.damagedSnapshots, unreadyIds: new Set() });
  }

  readonly loadTree: CatalogueSource['loadTree'] = (treeId) => {
    this.reads.push(treeId);
    const bytes = this.damagedTrees.has(treeId) ? undefined : this.#trees.get(treeId);
    return Promise.resolve(bytes && parseTree(bytes).nodes);
  };

  #store(folder: WorldFolder): BlobId {
    const names = [...folder.entries.keys()].sort();
    const nodes = names.map((name) => encodeNode(this.#nodeOf(name, folder.entries.get(name)!)));
    const bytes = encodeTree(nodes);
    const id = bytesToId<BlobId>(nodePrimitives.sha256(bytes));
    this.#trees.set(id, bytes);
    return id;
  }

  #nodeOf(name: ByteString, entry: WorldEntry): TreeNode {
    const common = {
      name,
      mode: 0o644,
      mtime: new Date(Date.UTC(2025, 0, 1) + entry.second * 1000).toISOString(),
      uid: 0,
      gid: 0,
      inode: 0n,
      deviceId: 0n,
      size: 0n,
      links: 1,
      device: 0n,
      content: null,
    };
    const type: NodeType = entry.type;
    if (entry.type === 'dir') return { ...common, type, subtree: this.#store(entry) };
    if (entry.type === 'symlink') return { ...common, type, linkTarget: textToByteString(entry.content) };
    return { ...common, type, size: BigInt(sizeOf(entry)), content: contentIdsOf(entry) };
  }
}

export function sizeOf({ type, content }: WorldLeaf): number {
  return type === 'file' ? content.length * 10 : 0;
}

/** One blob for each letter. */
export function contentIdsOf({ content }: WorldLeaf): BlobId[] {
  return content
    .split('')
    .map((letter) => bytesToId<BlobId>(nodePrimitives.sha256(byteStringToBytes(letter as ByteString))));
}

/** A folder from `{ name: 'content' }` and nested ones, all of one time. */
export function folderOf(entries: Readonly<Record<string, unknown>>, second = 0): WorldFolder {
  const made = Object.entries(entries).map(([name, value]): [ByteString, WorldEntry] => [
    textToByteString(name),
    typeof value === 'string'
      ? { type: 'file', second, content: value }
      : folderOf(value as Record<string, unknown>, second),
  ]);
  return { type: 'dir', second, entries: new Map(made) };
}
