/** When backups of what is looked at were due and could not begin: asked again as the wait for the place changes. */
import { useMemo } from 'react';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCore, useMirror } from '../../../core-link/use-core.ts';
import type { Source } from '../sources.ts';
import type { Answers } from '../wire-types.ts';
import type { HeldSpan } from './heat.ts';

const NONE: Answers<'jobs.held'> = [];

/** What has only begun to be held is told to nobody yet. */
const ASK_EVERY_MS = 120_000;

export function useHeld({ placeId, series, isOfPlan }: Source, nowMs: number): readonly HeldSpan[] {
  const { calls } = useCore();
  const mirror = useMirror();
  const next = mirror?.next.find((run) => run.planId === series && run.placeId === placeId);
  const wait = next?.wait ?? null;
  const { value } = useAnswer(
    isOfPlan
      ? async (signal) => ({
          placeId,
          series,
          spans: await calls['jobs.held']({ planId: series, placeId }, { signal }),
        })
      : null,
    [placeId, series, wait, wait === null ? 0 : Math.floor(nowMs / ASK_EVERY_MS)],
  );
  // Until the answer for another source comes, nothing is known of it.
  const spans = value?.placeId === placeId && value.series === series ? value.spans : NONE;
  const untilMs = spans.at(-1)?.toMs === null ? nowMs : 0;
  return useMemo(
    () => spans.map(({ fromMs, toMs, reason }) => ({ fromMs, toMs: toMs ?? untilMs, reason })),
    [spans, untilMs],
  );
}
