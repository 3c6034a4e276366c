/**
 * One version of a plan in one place; ahead of the first one of much, a version of a few files. What the watcher saw is taken for the run and given back if it fails; the version is
 * in the state before the hints count as used. The plan's commands run around it.
 */
import type { ByteString } from '#base/byte-string.ts';
import { isTidemarkError, type WireError } from '#base/errors.ts';
import type { BackupChoice, BackupOutcome } from '#contract/engine/engine-values.ts';
import { accessTo, requirePlace } from '#services/places/place-access.ts';
import { toKnownVersion } from '#services/places/sync-versions.ts';
import { excludePatternsOf } from '#services/plans/exclusion-presets.ts';
import { requirePlan, seriesTag } from '#services/plans/require-plan.ts';
import { runPlanCommands, type CommandReport } from '#services/plans/run-plan-commands.ts';
import { noteSystem } from '#services/routine/known-systems.ts';
import type { Place } from '#services/state/places-table.ts';
import type { Plan } from '#services/state/plans-table.ts';
import { putVersions } from '#services/state/versions-table.ts';
import type { JobOutcome, JobRun, JobWork, RequestOf } from '../job-work.ts';
import { bringVersion } from './bring-version.ts';
import { saveFirstFiles } from './first-files.ts';
import { engineOptions, type WorkParts } from './work-parts.ts';

/** Files that had trouble and are named to the next run; with more of them everything is looked at again. */
const MOST_UNREAD = 1_000;

export function backupWork(parts: WorkParts): JobWork<'backup'> {
  return async (request, run) => {
    const { plan, place } = parts.state.read((reader) => ({
      plan: requirePlan(reader, request.planId),
      place: requirePlace(reader, request.placeId),
    }));
    const before = await runPlanCommands(plan.commands.before, parts.runProgram, run.signal);
    const isBrought = await bringVersion(parts, plan, place, run);
    if (!isBrought) await saveFirstFiles(parts, plan, place, choiceOf(plan), run);
    const asked = isBrought ? { ...request, walkAll: true } : request;
    const outcome = await saveVersion(parts, plan, place, asked, run);
    const after = await runAfter(parts, plan, run);
    return toOutcome(outcome, { isBrought, before, after });
  };
}

async function saveVersion(
  parts: WorkParts,
  plan: Plan,
  place: Place,
  request: RequestOf<'backup'>,
  run: JobRun,
): Promise<BackupOutcome> {
  const taken = parts.hints.take(plan.id, place.id);
  const unread: ByteString[] = [];
  const watched: JobRun = {
    ...run,
    trouble: (path, error) => {
      if (unread.length <= MOST_UNREAD) unread.push(path);
      run.trouble(path, error);
    },
  };
  const system = parts.system();
  let outcome: BackupOutcome;
  try {
    outcome = await parts.engine.calls.backup(
      {
        access: accessTo(place),
        choice: {
          ...choiceOf(plan),
          ...(taken.hints === undefined || request.walkAll === true ? {} : { hints: taken.hints }),
          allowEmptySource: request.allowEmptySource ?? false,
        },
      },
      engineOptions(watched),
    );
  } catch (error) {
    taken.giveBack();
    noteSourceTrouble(parts, plan, error);
    throw error;
  }
  await noteVersion(parts, plan, place, outcome, system);
  if (unread.length > MOST_UNREAD) taken.giveBack();
  else taken.confirm(outcome.version.snapshotId, unread);
  return outcome;
}

function choiceOf(plan: Plan): BackupChoice {
  return {
    sources: plan.folders,
    excludePatterns: excludePatternsOf(plan),
    excludesCaches: plan.exclusions.presets.includes('caches'),
    tags: [seriesTag(plan)],
    allowEmptySource: false,
  };
}

async function noteVersion(
  parts: WorkParts,
  plan: Plan,
  place: Place,
  outcome: BackupOutcome,
  system: ReturnType<WorkParts['system']>,
): Promise<void> {
  const version = toKnownVersion(
    outcome.version,
    place.id,
    plan.id,
    parts.clock.nowMs(),
    outcome.leftOut === 0,
  );
  await parts.state.commitAnyway((writer) => {
    putVersions(writer, [version]);
    if (system !== undefined) noteSystem(writer, { ...system, sinceMs: outcome.version.timeMs });
  });
}

/** Deletions are held while a source looks wrong; the log says since when. */
function noteSourceTrouble(parts: WorkParts, plan: Plan, error: unknown): void {
  if (isTidemarkError(error, 'files.sourceMissing') || isTidemarkError(error, 'files.sourceEmpty'))
    parts.note('sourceLooksWrong', { planId: plan.id, code: error.code, path: error.data.path });
}

/** The version is saved already: a failure is told, not thrown. */
async function runAfter(
  parts: WorkParts,
  plan: Plan,
  run: JobRun,
): Promise<{ reports: CommandReport[]; error: WireError | null }> {
  try {
    return { reports: await runPlanCommands(plan.commands.after, parts.runProgram, run.signal), error: null };
  } catch (error) {
    if (!isTidemarkError(error)) throw error;
    return { reports: [], error: error.toWire() };
  }
}

function toOutcome(
  outcome: BackupOutcome,
  {
    isBrought,
    before,
    after,
  }: {
    readonly isBrought: boolean;
    readonly before: readonly CommandReport[];
    readonly after: { readonly reports: readonly CommandReport[]; readonly error: WireError | null };
  },
): JobOutcome {
  const { version, ...counts } = outcome;
  const commands = [...before, ...after.reports];
  return {
    hasExceptions:
      outcome.leftOut > 0 ||
      outcome.changedWhileReading > 0 ||
      after.error !== null ||
      commands.some(({ exitCode }) => exitCode !== 0),
    result: {
      ...counts,
      // What came from another place first is not in what was added.
      isBrought,
      snapshotId: version.snapshotId,
      timeMs: version.timeMs,
      commands: commands.map((report) => ({ ...report })),
      afterFailed: after.error?.code ?? null,
    },
  };
}
