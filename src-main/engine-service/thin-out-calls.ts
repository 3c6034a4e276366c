/**
 * The calls that remove versions and the data that none needs any more. Nobody watches them: the brake is on (invariant I8),
 * and only one series is ever considered.
 */
import { TidemarkError } from '#base/errors.ts';
import type { ThinOutChoice, ThinOutPreview } from '#contract/engine/engine-values.ts';
import { executeForget } from '#operations/forget/execute.ts';
import { prepareForget } from '#operations/forget/prepare.ts';
import type { ForgetPlan, ForgetRequest } from '#operations/forget/types.ts';
import { prune } from '#operations/prune/run.ts';
import { DEFAULT_PRUNE_REQUEST } from '#operations/prune/types.ts';
import type { CalendarSpan } from '#rules/calendar.ts';
import { isSeriesTag } from '#rules/snapshot-groups.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { JobTeller } from './job-teller.ts';
import { toListedVersion } from './listed-version.ts';

export function thinOutCalls(
  service: EngineService,
): Pick<EngineHandlers, 'thinOut' | 'thinOut.preview' | 'cleanUp'> {
  const { places, parts } = service;
  return {
    async thinOut({ access, choice }, { signal, tell }) {
      const request = toRequest(choice);
      const teller = new JobTeller(tell, parts.clock);
      return places.with(access, { signal, writes: 'thinOut' }, async (repository) => {
        const { plan, removed, refused, held, keptUntilMs } = await executeForget(
          repository,
          request,
          {
            onRemoved: (_stored, filesDone, totalFiles) => teller.progress({ filesDone, totalFiles }),
          },
          signal,
        );
        return {
          removedIds: removed.map(({ id }) => id),
          spared: countSpared(plan),
          refused: refused.length,
          held: held.length,
          keptUntilMs: keptUntilMs ?? null,
        };
      });
    },

    async 'thinOut.preview'({ access, choice }, { signal }) {
      const request = toRequest(choice);
      return places.with(access, { signal }, async (repository) =>
        toPreview(await prepareForget(repository, request, signal)),
      );
    },

    async cleanUp({ access }, { signal, tell }) {
      const teller = new JobTeller(tell, parts.clock);
      return service.withThreads(access, { signal, writes: 'cleanUp' }, async (repository, pipeline) => {
        const result = await prune(
          { repository, pipeline },
          DEFAULT_PRUNE_REQUEST,
          {
            onProgress: ({ done, total, bytesDone, totalBytes }) =>
              teller.progress({
                filesDone: done,
                totalFiles: total,
                bytesDone,
                totalBytes: totalBytes === 0 ? null : totalBytes,
              }),
          },
          signal,
        );
        const { removedBytes, newBytes, keptBytes, removedPacks, postponedPacks, removalRefused } = result;
        return {
          freedBytes: removedBytes - keptBytes - newBytes,
          keptBytes,
          keptUntilMs: result.keptUntilMs ?? null,
          removedPacks,
          postponedPacks,
          removalRefused,
        };
      });
    },
  };
}

/** @throws request.invalidInput for a tag that names no series */
function toRequest({ seriesTag, policy, ...choice }: ThinOutChoice): ForgetRequest {
  if (!isSeriesTag(seriesTag))
    throw new TidemarkError('request.invalidInput', {
      what: `the tag "${seriesTag}"`,
      reason: 'it names no series',
    });
  const complete = new Set(choice.completeIds);
  return {
    ids: [],
    filter: { tags: [[seriesTag]] },
    policy: {
      counts: mapValues(policy.counts, (count) => (count === 'all' ? Infinity : count)),
      ...(policy.within === undefined ? {} : { within: toSpan(policy.within) }),
      withinUnits: mapValues(policy.withinUnits, toSpan),
      tagLists: [],
    },
    groupBy: ['series'],
    allowRemoveAll: false,
    unattended: {
      ...(choice.lastSeenMs === null ? {} : { lastSeenMs: choice.lastSeenMs }),
      isComplete: ({ id }) => complete.has(id),
    },
  };
}

function toSpan({
  years = 0,
  months = 0,
  days = 0,
  hours = 0,
}: Readonly<Record<string, number>>): CalendarSpan {
  return { years, months, days, hours };
}

function mapValues<From, To>(
  values: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

function toPreview(plan: ForgetPlan): ThinOutPreview {
  return {
    keeps: plan.groups.reduce((sum, { keep }) => sum + keep.length, 0),
    spares: countSpared(plan),
    removes: plan.remove.map(toListedVersion).filter((version) => version !== undefined),
    later: plan.groups
      .flatMap(({ spared }) => spared.filter(({ reason }) => reason === 'shareReached'))
      .map(({ stored }) => toListedVersion(stored))
      .filter((version) => version !== undefined)
      .sort((a, b) => a.timeMs - b.timeMs),
  };
}

function countSpared({ groups }: ForgetPlan): number {
  return groups.reduce((sum, { spared }) => sum + spared.length, 0);
}
