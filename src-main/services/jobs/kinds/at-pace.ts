/**
 * Work at a place as fast as the plans that save there allow at this hour, both ways. Whose plan a limit is does not matter: what
 * is spared is the line. Other places may be as fast as they go.
 */
import type { PlaceId } from '#contract/app/values.ts';
import { followBandwidth } from '#services/plans/follow-bandwidth.ts';
import { listPlans } from '#services/state/plans-table.ts';
import type { JobOutcome, JobRun } from '../job-work.ts';
import type { WorkParts } from './work-parts.ts';

type PlaceWork<Request> = (request: Request, run: JobRun) => Promise<JobOutcome>;

export function atPace<Request extends { readonly placeId: PlaceId }>(
  { state, engine, clock, zone }: Pick<WorkParts, 'state' | 'engine' | 'clock' | 'zone'>,
  work: PlaceWork<Request>,
): PlaceWork<Request> {
  return async (request, run) => {
    const { placeId } = request;
    const end = await followBandwidth({
      clock,
      zone,
      hours: () =>
        state
          .read(listPlans)
          .filter(({ placeIds }) => placeIds.includes(placeId))
          .flatMap(({ conditions }) => conditions.bandwidth),
      limit: ({ up, down }) =>
        engine.calls['place.limit']({ placeId, holder: run.id, up: up ?? null, down: down ?? null }),
    });
    try {
      return await work(request, run);
    } finally {
      await end();
    }
  };
}
