/**
 * Leaving files out of snapshots that exist ("erase from history"), and changing their host or time. The order that makes it
 * safe at every instant: new trees, index files, new snapshots, and only then the old ones go. What is left out stays in
 * the repository until a prune. Source: repository format, 14 and 16.4.
 */
import type { Repository } from '#repository/repository.ts';
import type { PipelineHost } from '../pipeline-host.ts';
import { chooseSnapshots, SnapshotReplacer } from '../replace-snapshots.ts';
import { underLock } from '../under-lock.ts';
import { planRewrite, refuseNothing } from './prepare.ts';
import { StoredTrees } from './tree-sink.ts';
import type { RewriteObserver, RewriteRequest, RewriteResult, RewrittenSnapshot } from './types.ts';

export interface RewriteParts {
  /** Its index must not be loaded yet. */
  readonly repository: Repository;
  readonly pipeline: PipelineHost;
}

/**
 * @throws request.invalidInput when nothing is asked for; repository.locked, repository.lockLost,
 * repository.objectNotFound, repository.ambiguousId, integrity.indexCorrupt, job.cancelled, storage errors. Snapshots that
 * cannot be rewritten are in the result.
 */
export async function executeRewrite(
  { repository, pipeline }: RewriteParts,
  request: RewriteRequest,
  observer: RewriteObserver = {},
  signal?: AbortSignal,
): Promise<RewriteResult> {
  refuseNothing(request);
  return underLock(repository, { exclusive: request.forget }, signal, async (stop, assertHeld) => {
    const { all, chosen, damaged } = await chooseSnapshots(repository, request.snapshots, stop);
    await repository.loadIndex({ signal: stop });
    const replacer = new SnapshotReplacer(repository, all, assertHeld, stop);
    const sink = new StoredTrees(repository, pipeline, repository.openWriteScope({ assertHeld }), stop);
    try {
      const plan = await planRewrite(repository, chosen, request, sink, replacer, observer, stop);
      await sink.finish();
      const changed: RewrittenSnapshot[] = [];
      for (const { oldId, next, goneFiles, goneBytes } of plan.changes) {
        const newId = await replacer.save(next);
        if (request.forget) await replacer.remove(oldId);
        const rewritten = { oldId, newId, goneFiles, goneBytes };
        changed.push(rewritten);
        observer.onChanged?.(rewritten);
      }
      return { changed, unchanged: plan.unchanged, refused: plan.refused, damaged };
    } finally {
      await sink.close();
    }
  });
}
