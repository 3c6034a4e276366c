/** The `restore` call: command line terms to the operation's and back. */
import { describeErrorCode } from '#files/describe-file-error.ts';
import { createTargetFiles } from '#files/open-files.ts';
import { absolutePath } from '#operations/backup/source-tree.ts';
import { splitSnapshotPath } from '#operations/find-in-snapshot.ts';
import { executeRestore } from '#operations/restore/execute.ts';
import type {
  RestoreAction,
  RestoreObserver,
  RestoreProgress,
  RestoreRequest,
} from '#operations/restore/types.ts';
import type { EngineCalls } from '../engine-calls.ts';
import type { RestoreHandlers, RestoreInput, RestoreItem } from '../calls/restore.ts';
import { toStoreFilter, workingFolder } from './call-terms.ts';
import { withPipeline } from './engine-session.ts';

const ACTIONS: Record<RestoreAction, RestoreItem['action']> = {
  restored: 'restored',
  updated: 'updated',
  unchanged: 'unchanged',
  kept: 'unchanged',
  removed: 'deleted',
};

export const restore: EngineCalls['restore'] = async (access, input, handlers, context) => {
  const startedMs = performance.now();
  return withPipeline(access, context, async (repository, pipeline) => {
    const parts = { repository, files: createTargetFiles(), pipeline };
    const request = toRequest(input, access.noLock);
    const result = await executeRestore(parts, request, toObserver(handlers), context.signal);
    return {
      progress: toProgress(result.progress),
      snapshotId: result.snapshotId,
      problems: Object.values(result.problemCounts).reduce((sum, count) => sum + count, 0),
      warnings: result.warningCount,
      seconds: (performance.now() - startedMs) / 1000,
    };
  });
};

function toRequest(input: RestoreInput, noLock: boolean): RestoreRequest {
  const { snapshot, path } = splitSnapshotPath(input.snapshot);
  return {
    snapshot,
    filter: toStoreFilter(input.filter),
    ...(path === '/' ? {} : { folder: path }),
    target: absolutePath(input.target, workingFolder()),
    ...(input.include === undefined ? {} : { include: input.include }),
    ...(input.exclude === undefined ? {} : { exclude: input.exclude }),
    overwrite: input.overwrite ?? 'refuse',
    sparse: input.sparse,
    verify: input.verify,
    noLock,
    dryRun: input.dryRun,
  };
}

function toObserver(handlers: RestoreHandlers): RestoreObserver {
  return {
    onProgress: (progress) => handlers.onProgress(toProgress(progress)),
    onProblem: ({ path, code, reason }) =>
      handlers.onProblem({ path, reason: reason === '' ? describeErrorCode(code) : reason }),
    onWarning: ({ path, problem }) =>
      handlers.onWarning({
        path,
        reason: `${problem.what}${problem.detail === '' ? '' : ` ${problem.detail}`}: ${problem.reason}`,
      }),
    onEntry: (path, kind, action, sizeBytes) =>
      handlers.onItem({ path, isDir: kind === 'dir', action: ACTIONS[action], sizeBytes }),
  };
}

function toProgress(progress: RestoreProgress): Parameters<RestoreHandlers['onProgress']>[0] {
  return {
    totalFiles: progress.total.files,
    filesRestored: progress.filesRestored,
    filesSkipped: progress.filesSkipped,
    totalBytes: progress.total.bytes,
    bytesRestored: progress.bytesRestored,
    bytesSkipped: progress.bytesSkipped,
  };
}
