/** The `backup` call: command line terms to the operation's and back. */

import { describeErrorCode } from '#files/describe-file-error.ts';
import { createSourceFiles } from '#files/open-files.ts';
import type { EntryCost } from '#operations/backup/entry-cost.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import { timeText } from '#operations/backup/prepare.ts';
import { isDiskError } from '#pipeline/jobs/error-code.ts';
import type {
  BackupObserver,
  BackupProgress as OperationProgress,
  BackupRequest,
  FileChange,
} from '#operations/backup/types.ts';
import { machineIdentity } from '#core/machine-identity.ts';
import type {
  BackupHandlers,
  BackupInput,
  BackupItem,
  BackupItemCost,
  BackupResult,
} from '../calls/backup.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { programVersion } from '#core/program-version.ts';
import { workingFolder } from './call-terms.ts';
import { withPipeline } from './engine-session.ts';

/** restic's default target size of a pack. */
const PACK_SIZE_BYTES = 16 << 20;

const ACTIONS: Record<FileChange, BackupItem['action']> = {
  new: 'new',
  changed: 'modified',
  unmodified: 'unchanged',
};

export const backup: EngineCalls['backup'] = async (access, input, handlers, context) => {
  const startedMs = performance.now();
  return withPipeline(access, context, async (repository, pipeline): Promise<BackupResult> => {
    const parts = { repository, files: createSourceFiles(), pipeline };
    const result = await executeBackup(parts, toRequest(input), toObserver(handlers), context.signal);
    return {
      ...(result.snapshotId === undefined ? {} : { snapshotId: result.snapshotId }),
      ...(result.parentId === undefined ? {} : { parentId: result.parentId }),
      ...(result.hints === undefined ? {} : { changedPaths: result.hints }),
      summary: result.summary,
      problems: result.problems.length,
      diskProblems: result.problems.filter(({ code }) => isDiskError(code)).length,
      seconds: (performance.now() - startedMs) / 1000,
    };
  });
};

function toRequest(input: BackupInput): BackupRequest {
  return {
    sources: input.sources,
    workingFolder: workingFolder(),
    scan: {
      ignoreInode: input.ignoreInode,
      ignoreCtime: input.ignoreCtime,
      withAtime: input.withAtime,
      exclude: input.exclude,
      folderTags: input.folderTags,
      excludeLargerThanBytes: input.excludeLargerThanBytes,
    },
    oneFileSystem: input.oneFileSystem,
    tags: input.tags,
    hostname: input.hostname ?? machineIdentity().hostname,
    ...(input.timeMs === undefined ? {} : { time: timeText(input.timeMs) }),
    ...(input.force ? { parent: 'none' } : input.parent === undefined ? {} : { parent: input.parent }),
    ...(input.changedPaths === undefined ? {} : { changeHints: { paths: input.changedPaths } }),
    compression: input.compression,
    packSizeBytes: PACK_SIZE_BYTES,
    dryRun: input.dryRun,
    allowEmptySource: input.allowEmpty,
    skipIfUnchanged: input.skipIfUnchanged,
    programVersion: `tidemark ${programVersion}`,
  };
}

function toObserver({ onProgress, onProblem, onWarning, onItem, onCounted }: BackupHandlers): BackupObserver {
  return {
    ...(onProgress === undefined
      ? {}
      : {
          onProgress: ({ currentFolder, ...progress }: OperationProgress) =>
            onProgress({ ...progress, current: currentFolder === undefined ? [] : [currentFolder] }),
        }),
    onProblem: ({ path, code, keptPrevious }) =>
      onProblem({ path, reason: describeErrorCode(code), keptPrevious }),
    onChangedWhileReading: (path) =>
      onWarning({ path, reason: 'it changed while it was being read; saved as it was found' }),
    ...(onItem === undefined
      ? {}
      : {
          onEntry: (path, kind, change, sizeBytes, cost) =>
            onItem({
              path,
              isDir: kind === 'dir',
              action: ACTIONS[change],
              sizeBytes,
              cost: toItemCost(cost),
            }),
        }),
    ...(onCounted === undefined ? {} : { onCounted }),
  };
}

function toItemCost({ durationMs, data, trees }: EntryCost): BackupItemCost {
  return {
    seconds: durationMs / 1000,
    dataBytes: data.bytes,
    dataBytesPacked: data.packedBytes,
    treeBytes: trees.bytes,
    treeBytesPacked: trees.packedBytes,
  };
}
