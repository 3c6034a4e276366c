/** The `repair index` call: what is lost for good is told by file and version. */
import { keepCopy } from '#files/keep-copy.ts';
import { executeRepairIndex } from '#operations/repair-index/execute.ts';
import type { RepairIndexProgress } from '#operations/repair-index/types.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { describeAffected } from '#engine-service/check-words.ts';
import { withPipeline } from './engine-session.ts';

const NOUNS: Readonly<Record<RepairIndexProgress['stage'], string>> = {
  index: 'index files',
  packs: 'packs looked at',
  saving: 'packs listed',
  checking: 'folders checked',
};

export const repairIndex: EngineCalls['repairIndex'] = (access, input, handlers, context) =>
  withPipeline(access, context, async (repository, pipeline) => {
    const result = await executeRepairIndex(
      { repository, pipeline, keepCopy: (name, bytes) => keepCopy(process.cwd(), name, bytes) },
      input,
      {
        onProgress: ({ stage, done, total }) => handlers.onProgress({ noun: NOUNS[stage], done, total }),
      },
      context.signal,
    );
    const { checked, replacedIndexFiles, indexFiles: _all, ...rest } = result;
    return {
      ...rest,
      removedIndexFiles: input.dryRun ? 0 : replacedIndexFiles.length,
      losses: checked?.affected.map(describeAffected) ?? [],
      lossCount: checked?.affectedCount ?? 0,
    };
  });
