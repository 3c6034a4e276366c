/** A plan's rule in the engine's terms, with what the state knows that the place does not. */
import type { PlaceId } from '#contract/app/values.ts';
import type { ThinOutChoice } from '#contract/engine/engine-values.ts';
import type { RetentionPolicy } from '#rules/retention-policy.ts';
import { seriesTag } from '#services/plans/require-plan.ts';
import type { Plan } from '#services/state/plans-table.ts';
import { getSetting } from '#services/state/settings-table.ts';
import type { StateReader } from '#services/state/state-database.ts';
import { listSafeVersions } from '#services/state/versions-table.ts';

/** More than any plan has. */
const MOST_COMPLETE = 100_000;

export function toThinOutChoice(
  reader: StateReader,
  plan: Plan,
  placeId: PlaceId,
  retention: RetentionPolicy = plan.retention,
): ThinOutChoice {
  return {
    seriesTag: seriesTag(plan),
    policy: {
      counts: Object.fromEntries(
        Object.entries(retention.counts).map(([unit, count]) => [unit, count === Infinity ? 'all' : count]),
      ),
      within: retention.within === undefined ? undefined : { ...retention.within },
      withinUnits: Object.fromEntries(
        Object.entries(retention.withinUnits).map(([unit, span]) => [unit, { ...span }]),
      ),
    },
    lastSeenMs: getSetting(reader, 'lastSeenTimeMs') ?? null,
    completeIds: listSafeVersions(reader, placeId, plan.id, MOST_COMPLETE).map(
      ({ snapshotId }) => snapshotId,
    ),
  };
}
