/** Puts blobs and snapshots into a repository that no backup would write, sealed and indexed as they should be. */
import { bytesToId, type BlobId, type SnapshotId } from '#base/ids.ts';
import type { BlobType } from '#pipeline/protocol.ts';
import type { Repository } from '#repository/repository.ts';
import { reopenEagerly } from '#test/support/eager-lock.ts';

/** One pack with these plaintexts. */
export async function plantBlobs(
  repository: Repository,
  blobType: BlobType,
  plains: readonly (Uint8Array | string)[],
): Promise<BlobId[]> {
  const { codec, ports } = repository;
  const ids: Uint8Array[] = [];
  const places: number[] = [];
  const sealed: Uint8Array[] = [];
  let offset = 0;
  for (const item of plains) {
    const plain = Buffer.from(item);
    const id = ports.primitives.sha256(plain);
    const out = new Uint8Array(codec.maxSealedBytes(plain.length));
    const compress = repository.config.version === 2;
    const { sealedLength, uncompressedLength } = codec.seal(plain, id, out, 0, compress);
    ids.push(id);
    places.push(offset, sealedLength, uncompressedLength);
    sealed.push(out.subarray(0, sealedLength));
    offset += sealedLength;
  }
  const writer = reopenEagerly(repository);
  await writer.loadIndex();
  const lock = await writer.lock({ exclusive: false });
  const bytes = Uint8Array.from(Buffer.concat(sealed));
  await writer
    .openWriteScope(lock)
    .finish(
      [{ blobType, ids: Uint8Array.from(Buffer.concat(ids)), places: Uint32Array.from(places), bytes }],
      16 << 20,
    );
  await lock.release();
  return ids.map((id) => bytesToId<BlobId>(id));
}

export function plantSnapshot(repository: Repository, tree: BlobId): Promise<SnapshotId> {
  return repository.snapshots.save({
    time: '2026-01-02T03:04:05Z',
    tree,
    paths: ['/planted'],
    hostname: 'testhost',
    username: 'tester',
    uid: 0,
    gid: 0,
    excludes: [],
    tags: [],
  });
}
