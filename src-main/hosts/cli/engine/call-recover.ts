/** The `recover` call: command line terms to the operation's and back. */
import { COMMAND_LINE_WORDS, errorSentence } from '#contract/error-texts.ts';
import { machineIdentity } from '#core/machine-identity.ts';
import { executeRecover } from '#operations/recover/execute.ts';
import { prepareRecover } from '#operations/recover/prepare.ts';
import type { RecoverObserver } from '#operations/recover/types.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { programVersion } from '#core/program-version.ts';
import { withPipeline } from './engine-session.ts';

export const recover: EngineCalls['recover'] = (access, input, handlers, context) =>
  withPipeline(access, context, async (repository, pipeline) => {
    const parts = { repository, pipeline };
    const { trees, each, dryRun, hostname = machineIdentity().hostname } = input;
    const observer: RecoverObserver = {
      onProgress: handlers.onProgress,
      onOrphan: handlers.onFound,
      onRecovered: ({ snapshotId, treeIds }) => handlers.onRecovered(snapshotId, treeIds),
    };
    const request = {
      trees,
      form: each ? 'each' : 'together',
      hostname,
      programVersion: `tidemark ${programVersion}`,
    } as const;
    const plan = dryRun
      ? await prepareRecover(parts, { trees, noLock: access.noLock }, observer, context.signal)
      : await executeRecover(parts, request, observer, context.signal);
    for (const error of plan.damaged) handlers.onDamaged(errorSentence(error, COMMAND_LINE_WORDS));
    return { found: plan.orphans.length, trees: plan.treeCount, unreadable: plan.unreadableTrees };
  });
