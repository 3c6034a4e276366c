/**
 * A repair of snapshots: what is lost is first looked for elsewhere, then snapshots that still lack something are made anew with
 * what is there. The order that makes it safe at every instant: found blobs, new trees, index files, new snapshots, and only
 * then, when asked, the damaged ones go. A file keeps its name; nothing is removed that can be read.
 */
import { invariant } from '#base/errors.ts';
import type { SourceFiles } from '#files/port.ts';
import { adoptOrphanPacks } from '#repository/adopt-orphan-packs.ts';
import type { Repository } from '#repository/repository.ts';
import type { WriteScope } from '#repository/write-scope.ts';
import { healBlobs } from '../heal-blobs.ts';
import type { PipelineHost } from '../pipeline-host.ts';
import { chooseSnapshots, SnapshotReplacer } from '../replace-snapshots.ts';
import { TreeRewriter } from '../rewrite/rewrite-trees.ts';
import { StoredTrees } from '../rewrite/tree-sink.ts';
import { underLock } from '../under-lock.ts';
import { AvailableBlobs } from './available-blobs.ts';
import { repairRules, surveySnapshots, type Survey } from './prepare.ts';
import type {
  PlannedRepair,
  RepairedSnapshot,
  RepairSnapshotsObserver,
  RepairSnapshotsRequest,
  RepairSnapshotsResult,
} from './types.ts';

export interface RepairSnapshotsParts {
  /** Its index must not be loaded yet. */
  readonly repository: Repository;
  readonly pipeline: PipelineHost;
  readonly files: SourceFiles;
}

/**
 * @throws repository.locked, repository.lockLost, repository.objectNotFound, repository.ambiguousId,
 * integrity.indexCorrupt, files.sourceMissing, job.cancelled, storage errors. Snapshots that cannot be repaired are in the
 * result.
 */
export async function executeRepairSnapshots(
  parts: RepairSnapshotsParts,
  request: RepairSnapshotsRequest,
  observer: RepairSnapshotsObserver = {},
  signal?: AbortSignal,
): Promise<RepairSnapshotsResult> {
  const { repository } = parts;
  repository.bypassCache();
  return underLock(repository, { exclusive: true }, signal, async (stop, assertHeld) => {
    const chosen = await chooseSnapshots(repository, request.snapshots, stop);
    await repository.loadIndex({ signal: stop });
    const available = await AvailableBlobs.load(repository, stop);
    const replacer = new SnapshotReplacer(repository, chosen.all, assertHeld, stop);
    const scope = repository.openWriteScope({ assertHeld });
    const survey = (): Promise<Survey> =>
      surveySnapshots(repository, chosen, available, request, replacer, observer, stop);
    const { plan, healedBlobs } = await healWhileItHelps(parts, scope, survey, request, observer, stop);
    if (request.healsOnly === true) return { ...plan, repaired: [], healedBlobs };
    for (const repair of plan.repairs) observer.onRepair?.(repair);
    await storeTrees(parts, scope, available, plan.repairs, stop);
    const repaired: RepairedSnapshot[] = [];
    for (const { oldId, next } of plan.repairs) {
      const newId = next === undefined ? undefined : await replacer.save(next);
      if (request.forget) await replacer.remove(oldId);
      const done = { oldId, ...(newId === undefined ? {} : { newId }), isRemoved: request.forget };
      repaired.push(done);
      observer.onRepaired?.(done);
    }
    return { ...plan, repaired, healedBlobs };
  });
}

/** A folder's list that is found again may name further things that are missing. */
async function healWhileItHelps(
  { repository, pipeline, files }: RepairSnapshotsParts,
  scope: WriteScope,
  survey: () => Promise<Survey>,
  { heal }: RepairSnapshotsRequest,
  observer: RepairSnapshotsObserver,
  signal: AbortSignal | undefined,
): Promise<{ readonly plan: Survey['plan']; readonly healedBlobs: number }> {
  let healedBlobs = 0;
  let haveAdopted = false;
  for (;;) {
    const { plan, missing } = await survey();
    if (missing.count === 0) return { plan, healedBlobs };
    if (!haveAdopted) {
      haveAdopted = true;
      // What is missing may lie in packs that no index names, as when an index file was lost.
      const adopted = await adoptOrphanPacks(repository, scope, signal);
      await scope.saveIndex();
      if (adopted > 0) continue;
    }
    if (heal === undefined) return { plan, healedBlobs };
    const { healed } = await healBlobs(
      { repository, scope, pipeline, files },
      missing.blobs(),
      { ...heal, mayHold: (path, sizeBytes) => missing.mayBeIn(path, sizeBytes) },
      {
        onProgress: (done, total) => observer.onProgress?.('healing', done, total),
        ...(observer.onProblem === undefined ? {} : { onProblem: observer.onProblem }),
      },
      signal,
    );
    healedBlobs += healed.length;
    if (healed.length === 0) return { plan, healedBlobs };
  }
}

async function storeTrees(
  { repository, pipeline }: RepairSnapshotsParts,
  scope: WriteScope,
  available: AvailableBlobs,
  repairs: readonly PlannedRepair[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const sink = new StoredTrees(repository, pipeline, scope, signal);
  const rewriter = new TreeRewriter(repository, repairRules(available), sink, signal);
  try {
    for (const { oldId, next } of repairs) {
      if (next === undefined) continue;
      const { tree } = (await repository.snapshots.load(oldId, signal)).snapshot;
      invariant(tree !== null, 'a snapshot lost its tree');
      const { id } = await rewriter.rewrite(tree);
      // Something changed under the lock between the plan and now: rather nothing than something else.
      invariant(id === next.tree, 'a repair came out differently than planned');
    }
    await sink.finish();
  } finally {
    await sink.close();
  }
}
