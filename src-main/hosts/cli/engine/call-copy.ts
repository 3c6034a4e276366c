/** The `copy` call: two repositories are open at the same time, the source only to be read. */
import { executeCopy } from '#operations/copy/execute.ts';
import { DEFAULT_BATCH_BYTES } from '#operations/copy/types.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { toStoreFilter } from './call-terms.ts';
import { describeAffected } from '#engine-service/check-words.ts';
import { withPipeline, withRepository } from './engine-session.ts';

export const copy: EngineCalls['copy'] = (access, input, handlers, context) =>
  withRepository(input.from, context, (source) =>
    withPipeline(access, context, async (destination, pipeline) => {
      const { copied, skipped, problems, blobs, bytes } = await executeCopy(
        { source, destination, pipeline },
        {
          ids: input.snapshots,
          filter: toStoreFilter(input.filter),
          compression: input.compression,
          sourceNoLock: input.from.noLock,
          batchBytes: DEFAULT_BATCH_BYTES,
        },
        {
          onProgress: (progress) => handlers.onProgress(progress),
          onStarted: (stored) => handlers.onStarted(stored),
          onSkipped: (stored, id) => handlers.onSkipped(stored, id),
          onCopied: (stored, id) => handlers.onCopied(stored, id),
          onProblem: ({ sourceId, reason, affected }) =>
            handlers.onProblem(sourceId, reason, affected.map(describeAffected)),
        },
        context.signal,
      );
      return {
        copied: copied.length,
        skipped: skipped.length,
        problems: problems.length,
        blobs,
        bytes,
      };
    }),
  );
