/** The `tag` call: command line terms to the operation's and back. */
import { COMMAND_LINE_WORDS, errorSentence } from '#contract/error-texts.ts';
import { executeTag } from '#operations/tag.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { toStoreFilter } from './call-terms.ts';
import { withRepository } from './engine-session.ts';

export const tag: EngineCalls['tag'] = (access, { ids, filter, change }, handlers, context) =>
  withRepository(access, context, async (repository) => {
    const { changed, damaged } = await executeTag(
      repository,
      { change, snapshots: { ids, filter: toStoreFilter(filter) } },
      { onChanged: ({ oldId, newId }) => handlers.onChanged(oldId, newId) },
      context.signal,
    );
    for (const error of damaged) handlers.onDamaged(errorSentence(error, COMMAND_LINE_WORDS));
    return { changed: changed.length, damaged: damaged.length };
  });
