/**
 * The calls that put files back and take that back again. Only chosen paths are written; what is in the way is kept as the
 * rule says, and what was written is read again before a file gets its name.
 */
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { RestoreAsk, RestorePreview } from '#contract/engine/engine-values.ts';
import { describeErrorCode } from '#files/describe-file-error.ts';
import { createTargetFiles } from '#files/open-files.ts';
import { executeRestore, prepareRestore } from '#operations/restore/execute.ts';
import type {
  RestoreObserver,
  RestoreProblem,
  RestoreRequest,
  RestoreResult,
} from '#operations/restore/types.ts';
import { executeUndo } from '#operations/undo/execute.ts';
import { listUndo } from '#operations/undo/find-undo.ts';
import type { UndoParts } from '#operations/undo/types.ts';
import { createPrimitives } from '#primitives/node-primitives.ts';
import type { Repository } from '#repository/repository.ts';
import { literalPattern } from '#rules/literal-pattern.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { JobTeller } from './job-teller.ts';

type RestoreCall = 'restore' | 'restore.prepare' | 'undo' | 'undo.list';

const MOST_PROBLEMS_SHOWN = 1_000;

export function restoreCalls(service: EngineService): Pick<EngineHandlers, RestoreCall> {
  const { clock, identity } = service.parts;
  const undoParts = (): UndoParts => ({
    files: createTargetFiles(),
    clock,
    identity,
    primitives: createPrimitives(),
  });
  return {
    async restore({ access, ask }, { signal, tell }) {
      const observer = toObserver(new JobTeller(tell, clock));
      return service.withThreads(access, { signal }, async (repository, pipeline) => {
        const parts = { repository, files: createTargetFiles(), pipeline };
        const result = await executeRestore(parts, toRequest(ask, repository), observer, signal);
        return {
          target: result.target,
          undoId: result.undoId ?? null,
          filesRestored: result.files.restored,
          filesUpdated: result.files.updated,
          filesUnchanged: result.files.unchanged,
          filesKept: result.files.kept,
          filesRemoved: result.files.removed,
          bytesRestored: result.progress.bytesRestored,
          verifiedFiles: result.verifiedFiles,
          problems: countProblems(result),
        };
      });
    },

    'restore.prepare': ({ access, ask }, { signal, tell }) =>
      service.withThreads(access, { signal }, async (repository, pipeline): Promise<RestorePreview> => {
        const parts = { repository, files: createTargetFiles(), pipeline };
        // Problems are in the answer.
        const { onProgress } = toObserver(new JobTeller(tell, clock));
        const observer = onProgress === undefined ? {} : { onProgress };
        const plan = await prepareRestore(parts, toRequest(ask, repository), observer, signal);
        const { restored, updated, unchanged, kept, removed } = plan.files;
        return {
          restored,
          updated,
          unchanged,
          kept,
          removed,
          bytesToWrite: plan.bytesToWrite,
          freeBytes: plan.freeSpaceBytes ?? null,
          hasRoom: plan.hasRoom,
          problems: plan.problems
            .slice(0, MOST_PROBLEMS_SHOWN)
            .map((problem) => ({ path: problem.path, reason: reasonOf(problem) })),
        };
      }),

    async undo({ folder, undoId }, { signal, tell }) {
      const teller = new JobTeller(tell, clock);
      let filesDone = 0;
      const { counts, problems, isComplete } = await executeUndo(
        undoParts(),
        { folder, id: undoId, force: false },
        {
          onEntry: (path) => teller.progress({ filesDone: ++filesDone, current: path }),
          onProblem: (path, code, reason) =>
            teller.trouble(path, notWritable(path, reason === '' ? describeErrorCode(code) : reason)),
        },
        signal,
      );
      return { ...counts, problems, isComplete };
    },

    'undo.list': ({ folder }) =>
      listUndo(undoParts(), folder).restores.map(({ id, state, startedAtMs, expiresAtMs }) => ({
        undoId: id,
        state,
        startedAtMs,
        expiresAtMs,
      })),
  };
}

function toRequest({ snapshotId, paths, target, rule }: RestoreAsk, { storage }: Repository): RestoreRequest {
  const style = process.platform === 'win32' ? ('windows' as const) : ('posix' as const);
  return {
    snapshot: snapshotId,
    target: target ?? undefined,
    ...(paths.length === 0
      ? {}
      : { include: { patterns: paths.map((path) => literalPattern(path, style)), style } }),
    overwrite: rule,
    // A place on this disk may lie in the very folder that is made as it was.
    protectedPaths: [textToByteString(storage.location)],
    sparse: false,
    verify: true,
    noLock: false,
    dryRun: false,
  };
}

function toObserver(teller: JobTeller): RestoreObserver {
  return {
    onProgress: ({ total, filesRestored, filesSkipped, bytesRestored, bytesSkipped }) =>
      teller.progress({
        filesDone: filesRestored + filesSkipped,
        totalFiles: total.files,
        bytesDone: bytesRestored + bytesSkipped,
        totalBytes: total.bytes,
      }),
    onProblem: (problem) => teller.trouble(problem.path, notWritable(problem.path, reasonOf(problem))),
  };
}

function reasonOf({ code, reason }: RestoreProblem): string {
  return reason === '' ? describeErrorCode(code) : reason;
}

function notWritable(path: ByteString, reason: string): TidemarkError {
  const data = { path: toDisplay(path), reason };
  return new TidemarkError('files.targetNotWritable', data, { retry: 'afterUser' });
}

function countProblems({ problemCounts }: RestoreResult): number {
  return Object.values(problemCounts).reduce((sum, count) => sum + count, 0);
}
