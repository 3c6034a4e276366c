/**
 * Snapshots made anew for trees that lost theirs, in restic's manner: they are tagged `recovered`, their path is `/recover`.
 * Adds a tree at most and snapshots, and never removes anything. The lock is exclusive, because a prune would remove what is
 * found here, and a backup would look like it.
 */
import { textToByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import { throwIfCancelled } from '#base/errors.ts';
import { encodeMode } from '#format/mode.ts';
import type { Snapshot } from '#format/snapshot.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { encodeNode } from '#format/tree.ts';
import type { Repository } from '#repository/repository.ts';
import { timeText } from '../backup/prepare.ts';
import { StoredTrees } from '../rewrite/tree-sink.ts';
import { underLock } from '../under-lock.ts';
import { planRecovery, type RecoverParts } from './prepare.ts';
import type {
  OrphanTree,
  RecoveredSnapshot,
  RecoverObserver,
  RecoverRequest,
  RecoverResult,
} from './types.ts';

const RECOVERED_TAG = 'recovered';
const RECOVERED_PATH = '/recover';
/** Of a tree's id in the name of its folder, as restic cuts it. */
const NAME_DIGITS = 8;

/** What is to be saved: a tree, and the orphans that are reached by it. */
interface Found {
  readonly tree: BlobId;
  readonly time: string;
  readonly treeIds: readonly BlobId[];
}

/** @throws as `prepareRecover`; repository.lockLost */
export function executeRecover(
  parts: RecoverParts,
  request: RecoverRequest,
  observer: RecoverObserver = {},
  signal?: AbortSignal,
): Promise<RecoverResult> {
  const { repository } = parts;
  repository.bypassCache();
  return underLock(repository, { exclusive: true }, signal, async (stop, assertHeld) => {
    const plan = await planRecovery(parts, request.trees, observer, stop);
    const now = timeText(repository.ports.clock.nowMs());
    const wanted =
      request.form === 'each'
        ? plan.orphans.map(({ treeId, newest = now }) => ({ tree: treeId, time: newest, treeIds: [treeId] }))
        : await holdTogether(parts, plan.orphans, now, assertHeld, stop);
    const recovered: RecoveredSnapshot[] = [];
    for (const { tree, time, treeIds } of wanted) {
      throwIfCancelled(stop);
      await assertHeld();
      const snapshotId = await repository.snapshots.save(snapshotOf(repository, request, tree, time));
      const saved = { snapshotId, treeIds };
      recovered.push(saved);
      observer.onRecovered?.(saved);
    }
    return { ...plan, recovered };
  });
}

/** One tree with a folder for each; it is durable. */
async function holdTogether(
  { repository, pipeline }: RecoverParts,
  orphans: readonly OrphanTree[],
  now: string,
  assertHeld: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<readonly Found[]> {
  if (orphans.length === 0) return [];
  const sink = new StoredTrees(repository, pipeline, repository.openWriteScope({ assertHeld }), signal);
  try {
    const tree = await sink.put(folderNodes(repository, orphans, now).map(encodeNode));
    await sink.finish();
    return [{ tree, time: now, treeIds: orphans.map(({ treeId }) => treeId) }];
  } finally {
    await sink.close();
  }
}

/** In order of name. */
function folderNodes(
  { ports: { identity } }: Repository,
  orphans: readonly OrphanTree[],
  now: string,
): TreeNode[] {
  const sorted = orphans.toSorted((a, b) => (a.treeId < b.treeId ? -1 : 1));
  const cut = (digits: number): string[] => sorted.map(({ treeId }) => treeId.slice(0, digits));
  let digits = NAME_DIGITS;
  while (new Set(cut(digits)).size < sorted.length) digits++;
  return sorted.map(({ treeId, newest = now }) => ({
    name: textToByteString(treeId.slice(0, digits)),
    type: 'dir',
    mode: encodeMode('dir', 0o755),
    mtime: newest,
    atime: newest,
    ctime: newest,
    uid: identity.uid,
    gid: identity.gid,
    inode: 0n,
    deviceId: 0n,
    size: 0n,
    links: 0,
    device: 0n,
    content: null,
    subtree: treeId,
  }));
}

function snapshotOf(
  { ports: { identity } }: Repository,
  { hostname, programVersion }: RecoverRequest,
  tree: BlobId,
  time: string,
): Snapshot {
  return {
    time,
    tree,
    paths: [RECOVERED_PATH],
    hostname,
    username: identity.username,
    uid: identity.uid,
    gid: identity.gid,
    excludes: [],
    tags: [RECOVERED_TAG],
    programVersion,
  };
}
