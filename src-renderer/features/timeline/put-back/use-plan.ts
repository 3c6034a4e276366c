/**
 * The plan of a putting back as state: asked anew when the choice, the rule or the folder change. The lines are those
 * without what is unticked, so that it can be ticked again; the counts are with it.
 */
import type { WirePath } from '#contract/app/values.ts';
import { useAnswer, type Answer } from '../../../core-link/use-answer.ts';
import { useCore } from '../../../core-link/use-core.ts';
import {
  joinPlans,
  type PathRule,
  type PointGroup,
  type RestorePlan,
  type RestoreRule,
} from './put-back-plan.ts';

export interface PlanQuestion {
  readonly placeId: string | null;
  readonly groups: readonly PointGroup[];
  readonly rule: RestoreRule;
  readonly ownRules: readonly PathRule[];
  /** Null: where things came from. Undefined: not chosen yet. */
  readonly target: WirePath | null | undefined;
  readonly leftOut: readonly WirePath[];
}

export interface PlanAnswers {
  readonly lines: Answer<RestorePlan | undefined>;
  readonly counts: Answer<RestorePlan | undefined>;
  again(): void;
}

export function usePlan(question: PlanQuestion): PlanAnswers {
  const { calls } = useCore();
  const { placeId, groups, rule, ownRules, target, leftOut } = question;
  const ask = (excludePaths: readonly WirePath[], signal: AbortSignal): Promise<RestorePlan | undefined> =>
    Promise.all(
      groups.map(({ snapshotId, paths }) =>
        calls['restore.prepare'](
          {
            placeId: placeId ?? '',
            snapshotId,
            paths: [...paths],
            target: target ?? null,
            rule,
            withFiles: true,
            ...(excludePaths.length === 0 ? {} : { excludePaths: [...excludePaths] }),
            ...(ownRules.length === 0 ? {} : { rulesByPath: [...ownRules] }),
          },
          { signal },
        ),
      ),
    ).then(joinPlans);
  const isReady = placeId !== null && groups.length > 0 && target !== undefined;
  const about = [placeId, groups, rule, ownRules, target];
  const lines = useAnswer(isReady ? (signal) => ask([], signal) : null, about);
  const isWhole = leftOut.length === 0;
  const rest = useAnswer(isReady && !isWhole ? (signal) => ask(leftOut, signal) : null, [...about, leftOut]);
  return {
    lines,
    counts: isWhole ? lines : rest,
    again: () => {
      lines.again();
      rest.again();
    },
  };
}
