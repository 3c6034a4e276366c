/**
 * How much a repository's snapshots are, counted in restic's four ways with restic's own rules, odd ones included
 * (every node counts as a file in `restore-size`), so that both programs give the same numbers. What has been counted is
 * remembered in 64 bytes each.
 */
import { byteStringToBytes, type ByteString } from '#base/byte-string.ts';
import { bytesToId, idToBytes, joinIds, type BlobId } from '#base/ids.ts';
import { throwIfCancelled, TidemarkError } from '#base/errors.ts';
import { SEAL_OVERHEAD_BYTES } from '#format/envelope.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { BlobIndex, type BlobType } from '#repository/blob-index.ts';
import type { Repository } from '#repository/repository.ts';
import { loadNodes, walkTree } from './find-in-snapshot.ts';
import { listSnapshots, type SnapshotsRequest } from './snapshots.ts';

export type StatsMode = 'restore-size' | 'files-by-contents' | 'blobs-per-file' | 'raw-data';

export interface StatsResult {
  readonly snapshotsCount: number;
  readonly totalSize: number;
  readonly totalFileCount: number;
  readonly totalBlobCount: number;
  /** The rest for raw-data in version 2 only. As if nothing were compressed, sealed. */
  readonly totalUncompressedSize?: number;
  /** Of compressed blobs. */
  readonly compressedSize?: number;
  readonly compressedUncompressedSize?: number;
}

/** Takes no lock. @throws as `listSnapshots`; integrity errors */
export async function loadStats(
  repository: Repository,
  mode: StatsMode,
  request: SnapshotsRequest = {},
  signal?: AbortSignal,
): Promise<StatsResult> {
  const { snapshots } = await listSnapshots(repository, request, signal);
  await repository.loadIndex({ signal });
  const count = new StatsCount(repository, signal);
  for (const { id, snapshot } of snapshots) {
    if (snapshot.tree === null) {
      throw new TidemarkError('integrity.fileCorrupt', { kind: 'snapshot', id, reason: 'it has no tree' });
    }
    await count.addSnapshot(mode, snapshot.tree);
  }
  return count.result(mode, snapshots.length);
}

class StatsCount {
  readonly #repository: Repository;
  readonly #signal: AbortSignal | undefined;
  /** Sets of ids: only the claims are used. */
  readonly #contents = new BlobIndex();
  readonly #pathBlobs = new BlobIndex();
  readonly #blobs = new BlobIndex();
  #totalSize = 0;
  #fileCount = 0;
  #blobCount = 0;
  #uncompressed = 0;
  #compressedSize = 0;
  #compressedUncompressed = 0;

  constructor(repository: Repository, signal: AbortSignal | undefined) {
    this.#repository = repository;
    this.#signal = signal;
  }

  async addSnapshot(mode: StatsMode, treeId: BlobId): Promise<void> {
    if (mode === 'raw-data') return this.#addBlobs(treeId);
    const inodes = new BlobIndex();
    const walk = walkTree(this.#repository, treeId, '/' as ByteString, { signal: this.#signal });
    for await (const { path, node } of walk) {
      if (mode === 'restore-size') this.#addForRestore(node, inodes);
      else this.#addContents(mode, path, node);
    }
  }

  result(mode: StatsMode, snapshotsCount: number): StatsResult {
    return {
      snapshotsCount,
      totalSize: this.#totalSize,
      totalFileCount: this.#fileCount,
      totalBlobCount: this.#blobCount,
      ...(mode === 'raw-data' && this.#repository.config.version === 2
        ? {
            totalUncompressedSize: this.#uncompressed,
            compressedSize: this.#compressedSize,
            compressedUncompressedSize: this.#compressedUncompressed,
          }
        : {}),
    };
  }

  /** An inode's size counts once per snapshot. */
  #addForRestore(node: TreeNode, inodes: BlobIndex): void {
    this.#fileCount++;
    if (node.size === 0n) return;
    if (node.inode !== 0n) {
      const key = Buffer.alloc(32);
      key.writeBigUInt64LE(node.inode, 0);
      key.writeBigUInt64LE(node.deviceId, 8);
      if (!inodes.claim('data', key)) return;
    }
    this.#totalSize += Number(node.size);
  }

  /** Only the first node of each content is looked at; all without content are one such. */
  #addContents(mode: StatsMode, path: ByteString, node: TreeNode): void {
    const { sha256 } = this.#repository.ports.primitives;
    const content = (node.content ?? []).map(idToBytes);
    if (!this.#contents.claim('data', sha256(joinIds(content)))) return;
    if (mode === 'files-by-contents') {
      this.#fileCount++;
      this.#totalSize += Number(node.size);
      return;
    }
    for (const id of content) {
      const pathBytes = byteStringToBytes(path);
      if (this.#pathBlobs.claim('tree', sha256(pathBytes))) this.#fileCount++;
      if (!this.#pathBlobs.claim('data', sha256(Buffer.concat([id, pathBytes])))) continue;
      this.#totalSize += this.#index.plainBytesAt(this.#entryOf('data', id));
      this.#blobCount++;
    }
  }

  async #addBlobs(treeId: BlobId): Promise<void> {
    const waiting = [treeId];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      throwIfCancelled(this.#signal);
      if (!this.#addBlob('tree', idToBytes(next))) continue;
      for (const { type, content, subtree } of await loadNodes(this.#repository, next, this.#signal)) {
        if (type === 'dir' && subtree !== undefined) waiting.push(subtree);
        if (type === 'file') for (const id of content ?? []) this.#addBlob('data', idToBytes(id));
      }
    }
  }

  /** False when it was counted before. */
  #addBlob(type: BlobType, id: Uint8Array): boolean {
    if (!this.#blobs.claim(type, id)) return false;
    const { length, uncompressedLength } = this.#index.entryAt(this.#entryOf(type, id));
    const plainLength = uncompressedLength === 0 ? length : uncompressedLength + SEAL_OVERHEAD_BYTES;
    this.#totalSize += length;
    this.#blobCount++;
    this.#uncompressed += plainLength;
    if (uncompressedLength !== 0) {
      this.#compressedSize += length;
      this.#compressedUncompressed += plainLength;
    }
    return true;
  }

  get #index(): BlobIndex {
    return this.#repository.index;
  }

  #entryOf(type: BlobType, id: Uint8Array): number {
    const entry = this.#index.findEntry(type, id);
    if (entry < 0) throw new TidemarkError('integrity.blobMissing', { blobId: bytesToId(id), kind: type });
    return entry;
  }
}
