/** What a person decides about a plan, out of the plan as the mirror has it: for giving it back with a change. */
import type { AppCalls } from '#contract/app/app-calls.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { CallClient } from '#contract/calls/call-table.ts';

export type PlanValue = Mirror['plans'][number];
export type PlanChoices = Parameters<CallClient<AppCalls>['plans.put']>[0]['choices'];

export function choicesOf(plan: PlanValue): PlanChoices {
  const { id: _id, pause: _pause, createdAtMs: _createdAtMs, changedAtMs: _changedAtMs, ...choices } = plan;
  return choices;
}
