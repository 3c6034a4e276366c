/**
 * The calls that put files back and take that back again. Only chosen paths are written; what is in the way is kept as the
 * rule says, and what was written is read again before a file gets its name.
 */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { isTidemarkError, TidemarkError, type WireError } from '#base/errors.ts';
import { MOST_FILES_SHOWN } from '#contract/app/restore-values.ts';
import type { RestoreAsk, RestoreOutcome, RestorePreview } from '#contract/engine/engine-values.ts';
import { describeErrorCode } from '#files/describe-file-error.ts';
import { createTargetFiles } from '#files/open-files.ts';
import { executeRestore, prepareRestore } from '#operations/restore/execute.ts';
import type {
  RestoreObserver,
  RestorePlan,
  RestoreProblem,
  RestoreResult,
} from '#operations/restore/types.ts';
import { executeUndo } from '#operations/undo/execute.ts';
import { listUndo } from '#operations/undo/find-undo.ts';
import type { UndoParts } from '#operations/undo/types.ts';
import { createPrimitives } from '#primitives/node-primitives.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { JobTeller } from './job-teller.ts';
import { RestoreLines } from './restore-lines.ts';
import { partsOfRestore, type RestorePart } from './restore-parts.ts';

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
    async restore({ access, ask, job }, { signal, tell }) {
      const teller = new JobTeller(tell, clock);
      return service.withThreads(access, { signal }, async (repository, pipeline) => {
        const results: RestoreResult[] = [];
        const waiting = [...(await partsOfRestore(repository, ask, signal))];
        try {
          for (let part = waiting[0]; part !== undefined; part = waiting[0]) {
            const parts = { repository, files: createTargetFiles(), pipeline };
            const onCutShort = (done: RestoreResult): void => {
              waiting.shift();
              results.push(done);
            };
            const observer = { ...toObserver(teller, part), onCutShort };
            const request = job === undefined ? part.request : { ...part.request, job };
            const result = await unlessMissing(part, executeRestore(parts, request, observer, signal));
            waiting.shift();
            if (result !== undefined) results.push(result);
          }
        } catch (error) {
          // What was done stays, and can be taken back: that is an answer.
          if (results.length === 0) throw error;
          const { filesTotal, ...outcome } = toOutcome(results);
          return { ...outcome, cut: wireOf(error), filesTotal: waiting.length > 0 ? null : filesTotal };
        }
        refuseNothing(results, ask);
        return toOutcome(results);
      });
    },

    'restore.prepare': ({ access, ask, withFiles }, { signal, tell }) =>
      service.withThreads(access, { signal }, async (repository, pipeline): Promise<RestorePreview> => {
        const teller = new JobTeller(tell, clock);
        const previews: RestorePreview[] = [];
        for (const part of await partsOfRestore(repository, ask, signal)) {
          const parts = { repository, files: createTargetFiles(), pipeline };
          const lines = new RestoreLines(MOST_FILES_SHOWN);
          // Problems are in the answer.
          const { onProgress } = toObserver(teller, part);
          const observer: RestoreObserver = {
            ...(onProgress === undefined ? {} : { onProgress }),
            ...(withFiles
              ? { onEntry: (path, kind, action, sizeBytes) => lines.add(path, kind, action, sizeBytes) }
              : {}),
          };
          // Somebody looks, and a proof under way must not refuse that; what is restored is locked when it is.
          const request = { ...part.request, noLock: true };
          const plan = await unlessMissing(part, prepareRestore(parts, request, observer, signal));
          if (plan !== undefined) previews.push(await toPreview(plan, part, withFiles ? lines : undefined));
        }
        return sumOfPreviews(previews, ask);
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

/** Undefined: this folder is not in the version, and others are. */
async function unlessMissing<T>({ isOptional }: RestorePart, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isOptional && isTidemarkError(error, 'files.pathNotInSnapshot')) return undefined;
    throw error;
  }
}

function wireOf(error: unknown): WireError {
  if (isTidemarkError(error)) return error.toWire();
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new TidemarkError('internal.invariantBroken', { what }).toWire();
}

/** @throws files.pathNotInSnapshot */
function refuseNothing(found: readonly unknown[], { snapshotId, paths }: RestoreAsk): void {
  if (found.length > 0) return;
  const path = toDisplay(paths[0] ?? ('/' as ByteString));
  throw new TidemarkError('files.pathNotInSnapshot', { path, snapshotId }, { retry: 'afterUser' });
}

/** Of at least one. */
function toOutcome(results: readonly RestoreResult[]): RestoreOutcome {
  const sum = (of: (result: RestoreResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    cut: null,
    target: results[0]!.target,
    undos: results.flatMap(({ target, undoId }) =>
      undoId === undefined ? [] : [{ folder: target, undoId }],
    ),
    filesTotal: sum(({ progress }) => progress.total.files),
    filesRestored: sum(({ files }) => files.restored + files.beside),
    filesUpdated: sum(({ files }) => files.updated),
    filesUnchanged: sum(({ files }) => files.unchanged),
    filesKept: sum(({ files }) => files.kept),
    filesRemoved: sum(({ files }) => files.removed),
    bytesRestored: sum(({ progress }) => progress.bytesRestored),
    verifiedFiles: sum(({ verifiedFiles }) => verifiedFiles),
    problems: sum(countProblems),
  };
}

async function toPreview(
  plan: RestorePlan,
  { above }: RestorePart,
  lines: RestoreLines | undefined,
): Promise<RestorePreview> {
  return {
    ...plan.files,
    bytesToWrite: plan.bytesToWrite,
    freeBytes: plan.freeSpaceBytes ?? null,
    hasRoom: plan.hasRoom,
    problems: plan.problems
      .slice(0, MOST_PROBLEMS_SHOWN)
      .map((problem) => ({ path: (above + problem.path) as ByteString, reason: reasonOf(problem) })),
    ...(lines === undefined ? {} : { files: await lines.load(plan, above) }),
    filesCut: lines?.isCut ?? false,
  };
}

/** Of several folders: there is as much room as on the fullest of their disks. */
function sumOfPreviews(previews: readonly RestorePreview[], ask: RestoreAsk): RestorePreview {
  refuseNothing(previews, ask);
  const [first, ...others] = previews;
  return others.reduce((sum, next) => {
    const files = [...(sum.files ?? []), ...(next.files ?? [])];
    const free = [sum.freeBytes, next.freeBytes].filter((bytes) => bytes !== null);
    return {
      restored: sum.restored + next.restored,
      updated: sum.updated + next.updated,
      beside: sum.beside + next.beside,
      unchanged: sum.unchanged + next.unchanged,
      kept: sum.kept + next.kept,
      removed: sum.removed + next.removed,
      bytesToWrite: sum.bytesToWrite + next.bytesToWrite,
      freeBytes: free.length === 0 ? null : Math.min(...free),
      hasRoom: sum.hasRoom && next.hasRoom,
      problems: [...sum.problems, ...next.problems].slice(0, MOST_PROBLEMS_SHOWN),
      ...(sum.files === undefined ? {} : { files: files.slice(0, MOST_FILES_SHOWN) }),
      filesCut: sum.filesCut || next.filesCut || files.length > MOST_FILES_SHOWN,
    };
  }, first!);
}

function toObserver(teller: JobTeller, { above }: RestorePart): RestoreObserver {
  return {
    onProgress: ({ total, filesRestored, filesSkipped, bytesRestored, bytesSkipped }) =>
      teller.progress({
        filesDone: filesRestored + filesSkipped,
        totalFiles: total.files,
        bytesDone: bytesRestored + bytesSkipped,
        totalBytes: total.bytes,
      }),
    onProblem: (problem) => {
      const path = (above + problem.path) as ByteString;
      teller.trouble(path, notWritable(path, reasonOf(problem)));
    },
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
