/**
 * Saves a few small files that lie in no folder as a version of their own: one folder at the top, made in memory. Other
 * programs see an ordinary snapshot. The order is a backup's: lock, index, packs, index file, snapshot.
 */
import type { ByteString } from '#base/byte-string.ts';
import { toDisplay } from '#base/byte-string.ts';
import { invariant } from '#base/errors.ts';
import { bytesToId, type BlobId } from '#base/ids.ts';
import { CHUNK_MIN_BYTES } from '#format/chunker.ts';
import { encodeMode } from '#format/mode.ts';
import type { Snapshot } from '#format/snapshot.ts';
import { encodeNode, encodeTree, isSafeName } from '#format/tree.ts';
import type { NodeType, TreeNode } from '#format/tree-node.ts';
import { BlobSink } from '#pipeline/blob-sink.ts';
import type { BlobType } from '#pipeline/protocol.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import type { WriteScope } from '#repository/write-scope.ts';
import { timeText } from '../backup/prepare.ts';
import { writingSettings } from '../open-writing-pool.ts';
import { underLock } from '../under-lock.ts';

export interface SmallFile {
  /** A plain name; each once. */
  readonly name: ByteString;
  readonly bytes: Uint8Array;
}

export interface SmallFilesRequest {
  /** Name of the folder at the top. */
  readonly folder: ByteString;
  readonly files: readonly SmallFile[];
  readonly tags: readonly string[];
  readonly programVersion: string;
}

/** Only their owner may read them, wherever they are restored. */
const FILE_PERMISSIONS = 0o600;
const FOLDER_PERMISSIONS = 0o700;

/** @throws repository.locked, repository.lockLost, job.cancelled, storage errors */
export async function saveSmallFiles(
  repository: Repository,
  request: SmallFilesRequest,
  signal?: AbortSignal,
): Promise<StoredSnapshot> {
  return underLock(repository, { exclusive: false }, signal, async (stop, assertHeld) => {
    await repository.loadIndex({ signal: stop });
    const scope = repository.openWriteScope({ assertHeld });
    const time = timeText(repository.ports.clock.nowMs());
    const tree = await storeTree(repository, scope, request, time);
    const { identity } = repository.ports;
    const snapshot: Snapshot = {
      time,
      tree,
      paths: [`/${toDisplay(request.folder)}`],
      hostname: identity.hostname,
      username: identity.username,
      uid: identity.uid,
      gid: identity.gid,
      excludes: [],
      tags: request.tags,
      programVersion: request.programVersion,
    };
    await assertHeld();
    return { id: await repository.snapshots.save(snapshot, stop), snapshot };
  });
}

/** Durable, and named in the index, when it returns. */
async function storeTree(
  repository: Repository,
  scope: WriteScope,
  { folder, files }: SmallFilesRequest,
  time: string,
): Promise<BlobId> {
  const { primitives } = repository.ports;
  const settings = writingSettings(repository, 1);
  const uploads: Promise<void>[] = [];
  const sink = new BlobSink(settings, repository.codec, primitives, {
    claim: async (type, ids) => scope.claim(type, ids),
    sendPack: (pack) => {
      const upload = scope.storePack(pack).finally(() => sink.packDone(undefined));
      // Whoever waits for them all hears of it.
      upload.catch(() => undefined);
      uploads.push(upload);
    },
  });

  async function store(type: BlobType, plain: Uint8Array): Promise<BlobId> {
    const id = primitives.sha256(plain);
    await sink.store(type, [plain], [id]);
    return bytesToId<BlobId>(id);
  }

  const nodes: ByteString[] = [];
  for (const { name, bytes } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    invariant(isSafeName(name), 'a small file has no plain name');
    const content: BlobId[] = [];
    for (let start = 0; start < bytes.length; start += CHUNK_MIN_BYTES)
      content.push(await store('data', bytes.subarray(start, start + CHUNK_MIN_BYTES)));
    nodes.push(
      encodeNode({ ...newNode(repository, name, 'file', time), size: BigInt(bytes.length), content }),
    );
  }
  const subtree = await store('tree', encodeTree(nodes));
  const top = encodeNode({ ...newNode(repository, folder, 'dir', time), subtree });
  const tree = await store('tree', encodeTree([top]));
  await Promise.all(uploads);
  await scope.finish(sink.flush(), settings.packSizeBytes);
  return tree;
}

function newNode({ ports }: Repository, name: ByteString, type: NodeType, time: string): TreeNode {
  const { uid, gid, username } = ports.identity;
  return {
    name,
    type,
    mode: encodeMode(type, type === 'dir' ? FOLDER_PERMISSIONS : FILE_PERMISSIONS),
    mtime: time,
    atime: time,
    ctime: time,
    uid,
    gid,
    user: username,
    inode: 0n,
    deviceId: 0n,
    size: 0n,
    links: 1,
    device: 0n,
    content: null,
  };
}
