/** The `prune` call. */
import { prune as runPrune } from '#operations/prune/run.ts';
import { DEFAULT_PRUNE_REQUEST } from '#operations/prune/types.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { withPipeline } from './engine-session.ts';

export const prune: EngineCalls['prune'] = (access, input, handlers, context) =>
  withPipeline(access, context, async (repository, pipeline) => {
    const result = await runPrune(
      { repository, pipeline },
      { ...DEFAULT_PRUNE_REQUEST, ...input, noLock: access.noLock },
      {
        onProgress: (progress) => handlers.onProgress(progress),
        onPlan: (stats) => handlers.onPlan(stats),
      },
      context.signal,
    );
    const { removedPacks, repackedPacks, newPacks, postponedPacks, removalRefused, keptBytes } = result;
    const freedBytes = result.removedBytes - keptBytes - result.newBytes;
    const keptUntilMs = result.keptUntilMs ?? null;
    const packs = { removedPacks, repackedPacks, newPacks, postponedPacks };
    return { ...packs, freedBytes, removalRefused, keptBytes, keptUntilMs };
  });
