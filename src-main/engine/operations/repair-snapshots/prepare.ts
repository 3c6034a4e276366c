/**
 * What a repair of snapshots would do: every tree of the chosen snapshots is gone through once as the repair itself does, then
 * each damaged snapshot once more along its damage, so that what it lacks is named by path. Changes nothing.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import { isTidemarkError, throwIfCancelled } from '#base/errors.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { joinPath, loadNodes } from '../find-in-snapshot.ts';
import { chooseSnapshots, SnapshotReplacer, type ChosenSnapshots } from '../replace-snapshots.ts';
import { isTreeLost, TreeRewriter, type TreeRules } from '../rewrite/rewrite-trees.ts';
import { PlannedTrees } from '../rewrite/tree-sink.ts';
import { underLock } from '../under-lock.ts';
import { AvailableBlobs, MissingBlobs } from './available-blobs.ts';
import { repairNode } from './repair-node.ts';
import {
  MAX_LOSSES_LISTED,
  type Loss,
  type PlannedRepair,
  type RefusedRepair,
  type RepairPlan,
  type RepairSnapshotsObserver,
  type RepairSnapshotsRequest,
} from './types.ts';

/** The tag of repaired snapshots whose damaged ones are still there. */
const REPAIRED_TAG = 'repaired';

const ROOT = '/' as ByteString;

/**
 * @throws repository.locked, repository.objectNotFound, repository.ambiguousId, integrity.indexCorrupt, job.cancelled,
 * storage errors
 */
export async function prepareRepairSnapshots(
  repository: Repository,
  request: RepairSnapshotsRequest & { readonly noLock?: boolean },
  observer: RepairSnapshotsObserver = {},
  signal?: AbortSignal,
): Promise<RepairPlan> {
  repository.bypassCache();
  const lock = { exclusive: false, noLock: request.noLock === true };
  return underLock(repository, lock, signal, async (stop, assertHeld) => {
    const chosen = await chooseSnapshots(repository, request.snapshots, stop);
    await repository.loadIndex({ signal: stop });
    const available = await AvailableBlobs.load(repository, stop);
    const replacer = new SnapshotReplacer(repository, chosen.all, assertHeld, stop);
    const { plan } = await surveySnapshots(repository, chosen, available, request, replacer, observer, stop);
    for (const repair of plan.repairs) observer.onRepair?.(repair);
    return plan;
  });
}

export interface Survey {
  readonly plan: RepairPlan;
  readonly missing: MissingBlobs;
}

/** The index is loaded. */
export async function surveySnapshots(
  repository: Repository,
  { chosen, damaged }: ChosenSnapshots,
  available: AvailableBlobs,
  request: RepairSnapshotsRequest,
  replacer: SnapshotReplacer,
  observer: RepairSnapshotsObserver,
  signal: AbortSignal | undefined,
): Promise<Survey> {
  const missing = new MissingBlobs();
  const rules = repairRules(available, missing);
  const rewriter = new TreeRewriter(repository, rules, new PlannedTrees(repository), signal);
  const lister = new LossLister(repository, rewriter, available, signal);
  const repairs: PlannedRepair[] = [];
  const whole: RepairPlan['whole'][number][] = [];
  const refused: RefusedRepair[] = [];
  for (const [done, stored] of chosen.entries()) {
    observer.onProgress?.('snapshots', done, chosen.length);
    throwIfCancelled(signal);
    try {
      const repair = await planOne(stored, request, rewriter, lister, replacer);
      if (repair === undefined) whole.push(stored.id);
      else repairs.push(repair);
    } catch (error) {
      if (!isTidemarkError(error, 'integrity.treeForeign')) throw error;
      refused.push({ id: stored.id, error });
    }
  }
  observer.onProgress?.('snapshots', chosen.length, chosen.length);
  const { brokenPacks } = available;
  const plan = { repairs, whole, refused, damaged, lostBlobs: missing.count, brokenPacks };
  return { plan, missing };
}

/** The same for the plan and for the repair. `missing` gets what is not there. */
export function repairRules(available: AvailableBlobs, missing?: MissingBlobs): TreeRules {
  return {
    heedsPaths: false,
    rewriteNode: (node) => {
      const repaired = repairNode(node, (id) => available.sizeOf(id));
      if (repaired.missing.length > 0) missing?.addContent(node, repaired.missing);
      return repaired.node;
    },
    // A snapshot of which nothing can be read is not repaired by an empty one.
    emptiesUnreadable: async (path, lostTree) => {
      if (lostTree !== undefined) {
        await available.assertTreeLost(lostTree);
        missing?.addTree(lostTree);
      }
      return path !== ROOT;
    },
  };
}

/** Undefined when nothing is wrong with it. */
async function planOne(
  { id: oldId, snapshot }: StoredSnapshot,
  { forget }: RepairSnapshotsRequest,
  rewriter: TreeRewriter,
  lister: LossLister,
  replacer: SnapshotReplacer,
): Promise<PlannedRepair | undefined> {
  const { tree, tags } = snapshot;
  if (tree === null) return undefined;
  const outcome = await rewriter.rewrite(tree).catch(passOverLoss);
  if (outcome === undefined) {
    const losses: Loss[] = [{ path: ROOT, kind: 'folderEmptied', lostBytes: -1 }];
    return { oldId, time: snapshot.time, isStoredAlready: false, losses, lossCount: 1 };
  }
  const { id } = outcome;
  if (id === tree) return undefined;
  const next = {
    ...snapshot,
    tree: id,
    original: oldId,
    tags: forget || tags.includes(REPAIRED_TAG) ? tags : [...tags, REPAIRED_TAG],
  };
  const isStoredAlready = replacer.find(next) !== undefined;
  if (isStoredAlready && !forget) return undefined;
  return { oldId, time: snapshot.time, next, isStoredAlready, ...(await lister.list(tree)) };
}

/** Nothing of the snapshot can be read then. */
function passOverLoss(error: unknown): undefined {
  if (isTreeLost(error)) return undefined;
  throw error;
}

/** Goes once more through a snapshot, along its damage only. */
class LossLister {
  readonly #repository: Repository;
  readonly #rewriter: TreeRewriter;
  readonly #available: AvailableBlobs;
  readonly #signal: AbortSignal | undefined;

  constructor(
    repository: Repository,
    rewriter: TreeRewriter,
    available: AvailableBlobs,
    signal: AbortSignal | undefined,
  ) {
    this.#repository = repository;
    this.#rewriter = rewriter;
    this.#available = available;
    this.#signal = signal;
  }

  async list(rootTree: BlobId): Promise<{ readonly losses: readonly Loss[]; readonly lossCount: number }> {
    const losses: Loss[] = [];
    let lossCount = 0;
    const add = (loss: Loss): void => {
      lossCount++;
      if (losses.length < MAX_LOSSES_LISTED) losses.push(loss);
    };
    await this.#listBelow(rootTree, ROOT, add);
    return { losses, lossCount };
  }

  async #listBelow(treeId: BlobId, path: ByteString, add: (loss: Loss) => void): Promise<void> {
    for (const node of await loadNodes(this.#repository, treeId, this.#signal)) {
      const nodePath = joinPath(path, node.name);
      if (node.type === 'dir') {
        await this.#listFolder(node, nodePath, add);
        continue;
      }
      const { loss } = repairNode(node, (id) => this.#available.sizeOf(id));
      if (loss !== undefined) add({ path: nodePath, ...loss });
    }
  }

  async #listFolder(node: TreeNode, path: ByteString, add: (loss: Loss) => void): Promise<void> {
    const { subtree } = node;
    if (subtree === undefined || this.#rewriter.hasEmptied(subtree))
      add({ path, kind: 'folderEmptied', lostBytes: -1 });
    else if (this.#rewriter.hasChanged(subtree)) await this.#listBelow(subtree, path, add);
  }
}
