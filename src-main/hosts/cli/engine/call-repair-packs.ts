/** The `repair packs` call: copies go to the current folder, as restic does; losses are told by file and version. */
import { keepCopy } from '#files/keep-copy.ts';
import { describeErrorCode } from '#files/describe-file-error.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { absolutePath } from '#operations/backup/source-tree.ts';
import { executeRepairPacks } from '#operations/repair-packs/execute.ts';
import type { RepairPacksProgress, RepairPacksRequest } from '#operations/repair-packs/types.ts';
import type { Repository } from '#repository/repository.ts';
import type { RepairPacksInput } from '../calls/repair-packs.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { describeAffected } from '#engine-service/check-words.ts';
import { workingFolder } from './call-terms.ts';
import { withPipeline, withSource } from './engine-session.ts';

const NOUNS: Readonly<Record<RepairPacksProgress['stage'], string>> = {
  examining: 'packs looked at',
  saving: 'packs saved from',
  healing: 'lost pieces found',
  checking: 'folders checked',
};

export const repairPacks: EngineCalls['repairPacks'] = (access, input, handlers, context) =>
  withPipeline(access, context, (repository, pipeline) =>
    withSource(input.fromRepository, context, async (repositories) => {
      let copies = 0;
      const folder = process.cwd();
      const { checked, ...rest } = await executeRepairPacks(
        {
          repository,
          pipeline,
          files: createSourceFiles(),
          keepCopy: async (name, bytes) => {
            await keepCopy(folder, name, bytes);
            copies++;
          },
        },
        { packs: input.packs, dryRun: input.dryRun, ...healSources(input, repositories) },
        {
          onProgress: ({ stage, done, total }) => handlers.onProgress({ noun: NOUNS[stage], done, total }),
          onProblem: (path, code) => handlers.onFileProblem({ path, reason: describeErrorCode(code) }),
        },
        context.signal,
      );
      return {
        ...rest,
        ...(copies > 0 ? { copiesIn: folder } : {}),
        losses: checked?.affected.map(describeAffected) ?? [],
        lossCount: checked?.affectedCount ?? 0,
      };
    }),
  );

function healSources(
  { fromFiles, fromRepository }: RepairPacksInput,
  repositories: readonly Repository[],
): Pick<RepairPacksRequest, 'heal'> {
  const paths = fromFiles.map((path) => absolutePath(path, workingFolder()));
  if (repositories.length + paths.length === 0) return {};
  return { heal: { repositories, paths, noLock: fromRepository?.noLock === true } };
}
