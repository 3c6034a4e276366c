/** The `repair snapshots` call: command line terms to the operation's and back. */
import { COMMAND_LINE_WORDS, errorSentence } from '#contract/error-texts.ts';
import { describeErrorCode } from '#files/describe-file-error.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { absolutePath } from '#operations/backup/source-tree.ts';
import { executeRepairSnapshots } from '#operations/repair-snapshots/execute.ts';
import { prepareRepairSnapshots } from '#operations/repair-snapshots/prepare.ts';
import type {
  PlannedRepair,
  RepairPlan,
  RepairSnapshotsObserver,
  RepairSnapshotsRequest,
} from '#operations/repair-snapshots/types.ts';
import type { Repository } from '#repository/repository.ts';
import type {
  RepairSnapshotsHandlers,
  RepairSnapshotsInput,
  RepairSnapshotsResult,
} from '../calls/repair-snapshots.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { toStoreFilter, workingFolder } from './call-terms.ts';
import { withPipeline, withRepository, withSource } from './engine-session.ts';

export const repairSnapshots: EngineCalls['repairSnapshots'] = (access, input, handlers, context) => {
  const observer = toObserver(handlers);
  if (input.dryRun) {
    return withRepository(access, context, async (repository) => {
      const wish = { ...toRequest(input, []), noLock: access.noLock };
      const plan = await prepareRepairSnapshots(repository, wish, observer, context.signal);
      return toResult(plan, 0, handlers);
    });
  }
  return withPipeline(access, context, (repository, pipeline) =>
    withSource(input.fromRepository, context, async (sources) => {
      const parts = { repository, pipeline, files: createSourceFiles() };
      const request = toRequest(input, sources);
      const result = await executeRepairSnapshots(parts, request, observer, context.signal);
      return toResult(result, result.healedBlobs, handlers);
    }),
  );
};

function toRequest(
  { ids, filter, forget, fromFiles, fromRepository }: RepairSnapshotsInput,
  repositories: readonly Repository[],
): RepairSnapshotsRequest {
  const paths = fromFiles.map((path) => absolutePath(path, workingFolder()));
  const heals = repositories.length + paths.length > 0;
  return {
    snapshots: { ids, filter: toStoreFilter(filter) },
    forget,
    ...(heals ? { heal: { repositories, paths, noLock: fromRepository?.noLock === true } } : {}),
  };
}

function toObserver(handlers: RepairSnapshotsHandlers): RepairSnapshotsObserver {
  return {
    onProgress: (stage, done, total) => handlers.onProgress(stage, done, total),
    onRepair: (repair) => handlers.onDamaged(toDamaged(repair)),
    onRepaired: (repaired) => handlers.onRepaired(repaired),
    onProblem: (path, code) => handlers.onFileProblem({ path, reason: describeErrorCode(code) }),
  };
}

function toDamaged({ oldId, time, next, losses, lossCount }: PlannedRepair) {
  return { id: oldId, time, isLost: next === undefined, losses, lossCount };
}

function toResult(
  { repairs, whole, refused, damaged, lostBlobs, brokenPacks }: RepairPlan,
  healedBlobs: number,
  handlers: RepairSnapshotsHandlers,
): RepairSnapshotsResult {
  for (const error of damaged) handlers.onProblem(errorSentence(error, COMMAND_LINE_WORDS));
  for (const { id, error } of refused) handlers.onProblem(errorSentence(error, COMMAND_LINE_WORDS), id);
  return {
    damaged: repairs.length,
    whole: whole.length,
    lost: repairs.filter(({ next }) => next === undefined).length,
    problems: refused.length + damaged.length,
    healedBlobs,
    lostBlobs,
    brokenPacks,
  };
}
