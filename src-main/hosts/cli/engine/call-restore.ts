/** The `restore` call: command line terms to the operation's and back. */
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { describeErrorCode } from '#files/describe-file-error.ts';
import { createTargetFiles } from '#files/open-files.ts';
import { absolutePath } from '#operations/backup/source-tree.ts';
import { executeRestore, prepareRestore } from '#operations/restore/execute.ts';
import type {
  RestoreAction,
  RestoreObserver,
  RestoreProgress,
  RestoreRequest,
} from '#operations/restore/types.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import type { RepositoryAccess } from '../calls/access.ts';
import type { EngineCalls } from '../engine-calls.ts';
import type { RestoreHandlers, RestoreInput, RestoreItem } from '../calls/restore.ts';
import { toStoreFilter, workingFolder } from './call-terms.ts';
import { withPipeline } from './engine-session.ts';

const ACTIONS: Record<RestoreAction, RestoreItem['action']> = {
  restored: 'restored',
  updated: 'updated',
  beside: 'restored',
  unchanged: 'unchanged',
  kept: 'unchanged',
  removed: 'deleted',
};

export const restore: EngineCalls['restore'] = async (access, input, handlers, context) => {
  const startedMs = performance.now();
  return withPipeline(access, context, async (repository, pipeline) => {
    const parts = { repository, files: createTargetFiles(), pipeline };
    const request = toRequest(input, access);
    const observer = toObserver(handlers);
    const plan = input.dryRun ? await prepareRestore(parts, request, observer, context.signal) : undefined;
    const result = plan ?? (await executeRestore(parts, request, observer, context.signal));
    return {
      progress: toProgress(result.progress),
      snapshotId: result.snapshotId,
      target: result.target,
      ...(result.undoId === undefined ? {} : { undoId: result.undoId }),
      filesUpdated: result.files.updated,
      filesRemoved: result.files.removed,
      ...(plan && { room: { neededBytes: plan.bytesToWrite, freeBytes: plan.freeSpaceBytes } }),
      problems: Object.values(result.problemCounts).reduce((sum, count) => sum + count, 0),
      warnings: result.warningCount,
      seconds: (performance.now() - startedMs) / 1000,
    };
  });
};

function toRequest(input: RestoreInput, access: RepositoryAccess): RestoreRequest {
  const { target } = input;
  return {
    snapshot: input.snapshot,
    filter: toStoreFilter(input.filter),
    target: target === undefined ? undefined : absolutePath(target, workingFolder()),
    ...(input.include === undefined ? {} : { include: input.include }),
    ...(input.exclude === undefined ? {} : { exclude: input.exclude }),
    overwrite: input.overwrite ?? 'refuse',
    removeOthers: input.removeOthers,
    ignoreSpace: input.ignoreSpace,
    protectedPaths: protectedPaths(access.location),
    sparse: input.sparse,
    verify: input.verify,
    noLock: access.noLock,
    dryRun: input.dryRun,
  };
}

/** A repository on this disk may lie in the very folder that is made as it was. */
function protectedPaths(text: string): ByteString[] {
  const location = parseLocation(text);
  return location.kind === 'local' ? [absolutePath(textToByteString(location.path), workingFolder())] : [];
}

function toObserver(handlers: RestoreHandlers): RestoreObserver {
  return {
    onUndoable: (target, undoId) => handlers.onUndoable(target, undoId),
    onProgress: (progress) => handlers.onProgress(toProgress(progress)),
    onProblem: ({ path, code, reason }) =>
      handlers.onProblem({ path, reason: reason === '' ? describeErrorCode(code) : reason }),
    onWarning: ({ path, problem }) =>
      handlers.onWarning({
        path,
        reason: `${problem.what}${problem.detail === '' ? '' : ` ${problem.detail}`}: ${problem.reason}`,
      }),
    onEntry: (path, kind, action, sizeBytes, placedAt = path) =>
      handlers.onItem({ path: placedAt, isDir: kind === 'dir', action: ACTIONS[action], sizeBytes }),
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
