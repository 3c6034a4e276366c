/**
 * A search for names, sizes, times and contents across versions, told snapshot by snapshot as restic's find tells it.
 * Results come as soon as a snapshot's folders are known; those of the next snapshot are mostly known by then.
 */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { TreeQuery } from '#pipeline/search-types.ts';
import { PatternStates } from '#rules/pattern-states.ts';
import { withSearch } from './search-run.ts';
import type { FindObserverOfEntries, FindParts, FindRequest, FindResult } from './types.ts';
import { walkFound } from './walk-found.ts';

/** @throws request.invalidInput, files.unreadable, repository.objectNotFound, integrity and storage errors, job.cancelled */
export async function executeFind(
  parts: FindParts,
  request: FindRequest,
  observer: FindObserverOfEntries,
  signal?: AbortSignal,
): Promise<FindResult> {
  const makeQuery = createQueryMaker(request);
  return withSearch(parts, request.snapshots, makeQuery, observer, signal, async (run) => {
    for (const stored of run.snapshots) {
      const root = await run.learn(stored);
      if (root === undefined) continue;
      for await (const item of walkFound(run.graph, root, signal)) {
        if (item.kind === 'damaged') {
          const { path, treeId, reason } = item;
          run.tellDamaged({ snapshotId: stored.id, path, treeId, reason });
        } else if (await run.isMeant(item.path, item.found)) {
          run.countFound();
          await observer.onEntry(stored, { path: item.path, node: item.found.node });
        }
      }
    }
    return run.result();
  });
}

/** Judges the patterns at once, before anything is opened. @throws request.invalidInput */
export function createQueryMaker(request: FindRequest): (pool: PipelinePool) => Promise<TreeQuery> {
  new PatternStates(request.patterns);
  const { patterns, conditions, contentOf } = request;
  return async (pool) => {
    if (contentOf === undefined) return { patterns, conditions };
    return { patterns, conditions: { ...conditions, contentIds: await nameContent(pool, contentOf) } };
  };
}

async function nameContent(pool: PipelinePool, path: ByteString): Promise<Uint8Array> {
  const answer = await pool.run('nameContent', { path });
  if (answer.kind === 'named') return answer.ids;
  throw new TidemarkError('files.unreadable', { path: toDisplay(path), reason: answer.code });
}
