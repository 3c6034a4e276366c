/** The calls that take restores back: command line terms to the operation's and back. */
import { systemClock } from '#base/system-clock.ts';
import type { ByteString } from '#base/byte-string.ts';
import { machineIdentity } from '#core/machine-identity.ts';
import { describeErrorCode } from '#files/describe-file-error.ts';
import { createTargetFiles } from '#files/open-files.ts';
import { absolutePath } from '#operations/backup/source-tree.ts';
import { createPrimitives } from '#primitives/node-primitives.ts';
import { executeUndo } from '#operations/undo/execute.ts';
import { listUndo } from '#operations/undo/find-undo.ts';
import type { UndoParts } from '#operations/undo/types.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { workingFolder } from './call-terms.ts';

export const undoCalls: Pick<EngineCalls, 'undo' | 'listUndo'> = {
  undo: (input, handlers, { signal }) =>
    executeUndo(
      undoParts(),
      { ...input, folder: fullPath(input.folder) },
      {
        onEntry: (path, action, copy) =>
          handlers.onItem({ path, action, ...(copy === undefined ? {} : { copy }) }),
        onProblem: (path, code, reason) =>
          handlers.onProblem({
            path,
            reason: reason === '' ? describeErrorCode(code) : `${code}: ${reason}`,
          }),
      },
      signal,
    ),
  listUndo: async (folder) => listUndo(undoParts(), fullPath(folder)),
};

function undoParts(): UndoParts {
  return {
    files: createTargetFiles(),
    clock: systemClock,
    identity: machineIdentity(),
    primitives: createPrimitives(),
  };
}

function fullPath(folder: ByteString): ByteString {
  return absolutePath(folder, workingFolder());
}
