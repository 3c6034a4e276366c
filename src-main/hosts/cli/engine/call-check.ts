/** The `check` call: problems become sentences, damage is named by file and version. */
import { describeAffected, describeHint, describeProblem } from '#engine-service/check-words.ts';
import { executeCheck } from '#operations/check/execute.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { withPipeline } from './engine-session.ts';

const INDEX_PROBLEMS: ReadonlySet<string> = new Set([
  'indexDamaged',
  'packDescribedDifferently',
  'treeMissing',
  'dataMissing',
]);

export const check: EngineCalls['check'] = (access, input, handlers, context) =>
  withPipeline(access, context, async (repository, pipeline) => {
    const result = await executeCheck(
      { repository, pipeline },
      { readData: input.readData ?? 'none', noLock: access.noLock },
      {
        onProgress: (progress) => handlers.onProgress(progress),
        onError: (problem) => handlers.onError(describeProblem(problem)),
        onHint: (hint) => handlers.onHint(describeHint(hint)),
      },
      context.signal,
    );
    for (const affected of result.affected) handlers.onError(describeAffected(affected));
    return {
      errors: result.errorCount,
      brokenPacks: result.brokenPacks,
      damagedSnapshots: result.errors.flatMap((problem) =>
        problem.code === 'snapshotDamaged' ? [problem.snapshotId] : [],
      ),
      suggestRepairIndex: result.errors.some(({ code }) => INDEX_PROBLEMS.has(code)),
      suggestPrune: result.hints.some(({ code }) => code === 'packNotIndexed'),
    };
  });
