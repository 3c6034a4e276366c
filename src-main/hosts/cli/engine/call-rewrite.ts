/** The `rewrite` call: command line terms to the operation's and back. */
import { COMMAND_LINE_WORDS, errorSentence } from '#contract/error-texts.ts';
import { timeText } from '#operations/backup/prepare.ts';
import { executeRewrite } from '#operations/rewrite/execute.ts';
import { prepareRewrite } from '#operations/rewrite/prepare.ts';
import type { RewritePlan, RewriteRequest } from '#operations/rewrite/types.ts';
import type { EngineCalls } from '../engine-calls.ts';
import type { RewriteHandlers, RewriteInput } from '../calls/rewrite.ts';
import { toStoreFilter } from './call-terms.ts';
import { withPipeline, withRepository } from './engine-session.ts';

export const rewrite: EngineCalls['rewrite'] = (access, input, handlers, context) => {
  const request = toRequest(input);
  const observer = {
    onProgress: handlers.onProgress,
    onExcluded: handlers.onExcluded,
    onChanged: handlers.onChanged,
  };
  if (input.dryRun) {
    return withRepository(access, context, async (repository) => {
      const wish = { ...request, noLock: access.noLock };
      const plan = await prepareRewrite(repository, wish, observer, context.signal);
      for (const { oldId, goneFiles, goneBytes } of plan.changes)
        handlers.onChanged({ oldId, goneFiles, goneBytes });
      const problems = tellProblems(plan, handlers);
      return { changed: plan.changes.length, unchanged: plan.unchanged.length, problems };
    });
  }
  return withPipeline(access, context, async (repository, pipeline) => {
    const result = await executeRewrite({ repository, pipeline }, request, observer, context.signal);
    const problems = tellProblems(result, handlers);
    return { changed: result.changed.length, unchanged: result.unchanged.length, problems };
  });
};

function toRequest(input: RewriteInput): RewriteRequest {
  const { ids, filter, exclude, forget, newHost, newTimeMs, addSummary } = input;
  return {
    snapshots: { ids, filter: toStoreFilter(filter) },
    forget,
    addSummary,
    ...(exclude === undefined ? {} : { exclude }),
    ...(newHost === undefined ? {} : { newHost }),
    ...(newTimeMs === undefined ? {} : { newTime: timeText(newTimeMs) }),
  };
}

/** @returns how many */
function tellProblems(
  { refused, damaged }: Pick<RewritePlan, 'refused' | 'damaged'>,
  handlers: RewriteHandlers,
): number {
  for (const error of damaged) handlers.onProblem(errorSentence(error, COMMAND_LINE_WORDS));
  for (const { id, error } of refused) handlers.onProblem(errorSentence(error, COMMAND_LINE_WORDS), id);
  return refused.length + damaged.length;
}
