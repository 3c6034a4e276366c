/** The `repair packs` call: copies go to the current folder, as restic does; losses are told by file and version. */
import { keepCopy } from '#files/keep-copy.ts';
import { executeRepairPacks } from '#operations/repair-packs/execute.ts';
import type { RepairPacksProgress } from '#operations/repair-packs/types.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { describeAffected } from './check-words.ts';
import { withPipeline } from './engine-session.ts';

const NOUNS: Readonly<Record<RepairPacksProgress['stage'], string>> = {
  examining: 'packs looked at',
  saving: 'packs saved from',
  checking: 'folders checked',
};

export const repairPacks: EngineCalls['repairPacks'] = (access, input, handlers, context) =>
  withPipeline(access, context, async (repository, pipeline) => {
    let copies = 0;
    const folder = process.cwd();
    const { checked, ...rest } = await executeRepairPacks(
      {
        repository,
        pipeline,
        keepCopy: async (name, bytes) => {
          await keepCopy(folder, name, bytes);
          copies++;
        },
      },
      input,
      {
        onProgress: ({ stage, done, total }) => handlers.onProgress({ noun: NOUNS[stage], done, total }),
      },
      context.signal,
    );
    return {
      ...rest,
      ...(copies > 0 ? { copiesIn: folder } : {}),
      losses: checked?.affected.map(describeAffected) ?? [],
      lossCount: checked?.affectedCount ?? 0,
    };
  });
