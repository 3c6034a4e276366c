/**
 * What a rewrite would change: goes through the trees as the rewrite itself does, with a sink for the new trees that decides
 * whether they are stored. Names the snapshots that change, and how many files and bytes go from each.
 */
import { isTidemarkError, TidemarkError, throwIfCancelled } from '#base/errors.ts';
import type { Snapshot } from '#format/snapshot.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { createExcludeFilter } from '#rules/exclude-rules.ts';
import { chooseSnapshots, SnapshotReplacer } from '../replace-snapshots.ts';
import { underLock } from '../under-lock.ts';
import { TreeRewriter, type TreeRules } from './rewrite-trees.ts';
import { PlannedTrees, type TreeSink } from './tree-sink.ts';
import type { TreeOutcome } from './tree-outcomes.ts';
import type {
  PlannedRewrite,
  RefusedRewrite,
  RewriteObserver,
  RewritePlan,
  RewriteRequest,
} from './types.ts';

/** The tag of snapshots that were made from others which are still there. */
const REWRITE_TAG = 'rewrite';

/**
 * Changes nothing. @throws request.invalidInput when nothing is asked for; repository.locked, repository.objectNotFound,
 * repository.ambiguousId, integrity.indexCorrupt, job.cancelled, storage errors
 */
export async function prepareRewrite(
  repository: Repository,
  request: RewriteRequest & { readonly noLock?: boolean },
  observer: RewriteObserver = {},
  signal?: AbortSignal,
): Promise<RewritePlan> {
  refuseNothing(request);
  const lock = { exclusive: false, noLock: request.noLock === true };
  return underLock(repository, lock, signal, async (stop, assertHeld) => {
    const chosen = await chooseSnapshots(repository, request.snapshots, stop);
    await repository.loadIndex({ signal: stop });
    const replacer = new SnapshotReplacer(repository, chosen.all, assertHeld, stop);
    const sink = new PlannedTrees(repository);
    const plan = await planRewrite(repository, chosen.chosen, request, sink, replacer, observer, stop);
    return { ...plan, damaged: chosen.damaged };
  });
}

/** @throws request.invalidInput */
export function refuseNothing({ exclude, newHost, newTime, addSummary }: RewriteRequest): void {
  const excludes = exclude !== undefined && !createExcludeFilter(exclude).isEmpty;
  if (excludes || newHost !== undefined || newTime !== undefined || addSummary) return;
  throw new TidemarkError('request.invalidInput', {
    what: 'nothing is named that is to change',
    reason: 'say what to exclude, or give a new host or time',
  });
}

/** The index is loaded. Puts every new tree into the sink. */
export async function planRewrite(
  repository: Repository,
  chosen: readonly StoredSnapshot[],
  request: RewriteRequest,
  sink: TreeSink,
  replacer: SnapshotReplacer,
  observer: RewriteObserver,
  signal: AbortSignal | undefined,
): Promise<Omit<RewritePlan, 'damaged'>> {
  const rewriter = new TreeRewriter(repository, excludeRules(request, observer), sink, signal);
  const changes: PlannedRewrite[] = [];
  const unchanged: RewritePlan['unchanged'][number][] = [];
  const refused: RefusedRewrite[] = [];
  for (const [done, stored] of chosen.entries()) {
    observer.onProgress?.(done, chosen.length);
    throwIfCancelled(signal);
    try {
      const change = await planOne(stored, request, rewriter, replacer);
      if (change === undefined) unchanged.push(stored.id);
      else changes.push(change);
    } catch (error) {
      if (!concernsSnapshotOnly(error)) throw error;
      refused.push({ id: stored.id, error });
    }
  }
  observer.onProgress?.(chosen.length, chosen.length);
  return { changes, unchanged, refused };
}

function excludeRules({ exclude }: RewriteRequest, { onExcluded }: RewriteObserver): TreeRules {
  const filter = createExcludeFilter(exclude ?? { patterns: [] });
  return {
    heedsPaths: true,
    emptiesUnreadable: () => false,
    rewriteNode: (node, path) => {
      if (!filter.isExcluded(path, node.type === 'dir')) return node;
      onExcluded?.(path);
      return undefined;
    },
  };
}

/** Undefined when nothing changes. */
async function planOne(
  { id: oldId, snapshot }: StoredSnapshot,
  request: RewriteRequest,
  rewriter: TreeRewriter,
  replacer: SnapshotReplacer,
): Promise<PlannedRewrite | undefined> {
  const { tree } = snapshot;
  if (tree === null) return undefined;
  const needsSummary = request.addSummary && snapshot.summary === undefined;
  // Without a filter trees are not touched, and need not even be read.
  const outcome = request.exclude === undefined && !needsSummary ? undefined : await rewriter.rewrite(tree);
  const next = changedSnapshot({ id: oldId, snapshot }, request, outcome);
  if (next === undefined) return undefined;
  const isStoredAlready = replacer.find(next) !== undefined;
  if (isStoredAlready && !request.forget) return undefined;
  const { goneFiles = 0, goneBytes = 0 } = outcome ?? {};
  return { oldId, next, isStoredAlready, goneFiles, goneBytes };
}

function changedSnapshot(
  { id, snapshot }: StoredSnapshot,
  { forget, newHost, newTime, addSummary }: RewriteRequest,
  outcome: TreeOutcome | undefined,
): Snapshot | undefined {
  const hasNewTree = outcome !== undefined && outcome.id !== snapshot.tree;
  const getsSummary = outcome !== undefined && (hasNewTree || (addSummary && snapshot.summary === undefined));
  const { hostname = snapshot.hostname, time = snapshot.time } = {
    ...(newHost === undefined ? {} : { hostname: newHost }),
    ...(newTime === undefined ? {} : { time: newTime }),
  };
  const isSame = !hasNewTree && !getsSummary && hostname === snapshot.hostname && time === snapshot.time;
  if (isSame) return undefined;
  const { summary, tags } = snapshot;
  return {
    ...snapshot,
    hostname,
    time,
    tags: forget || tags.includes(REWRITE_TAG) ? tags : [...tags, REWRITE_TAG],
    original: id,
    ...(hasNewTree ? { tree: outcome.id } : {}),
    ...(getsSummary
      ? {
          summary: {
            ...summary,
            totalFilesProcessed: outcome.files,
            totalBytesProcessed: outcome.bytes,
          },
        }
      : {}),
  };
}

/** Other snapshots can still be changed. */
function concernsSnapshotOnly(error: unknown): error is TidemarkError {
  return (
    isTidemarkError(error, 'integrity.treeForeign') ||
    isTidemarkError(error, 'integrity.treeCorrupt') ||
    isTidemarkError(error, 'integrity.blobMissing') ||
    isTidemarkError(error, 'integrity.blobCorrupt')
  );
}
