import { TidemarkError } from '#base/errors.ts';
import type { PlanId } from '#contract/app/values.ts';
import { isSeriesTag, seriesIdIn, seriesTag as tagOfSeries } from '#rules/snapshot-groups.ts';
import { getPlan, type Plan } from '#services/state/plans-table.ts';
import type { StateReader } from '#services/state/state-database.ts';

/** @throws request.notFound, state.entryInvalid */
export function requirePlan(reader: StateReader, id: PlanId): Plan {
  const plan = getPlan(reader, id);
  if (plan === undefined) throw new TidemarkError('request.notFound', { what: 'plan', id });
  return plan;
}

/** What ties the versions of a plan together, whatever its folders and its computer's name become. */
export function seriesTag(plan: Pick<Plan, 'id'>): string {
  return tagOfSeries(plan.id);
}

/** A tag that some plan has given. @returns the plan's id */
export function planOfTags(tags: readonly string[]): string | undefined {
  const tag = tags.find(isSeriesTag);
  return tag === undefined ? undefined : seriesIdIn(tag);
}
