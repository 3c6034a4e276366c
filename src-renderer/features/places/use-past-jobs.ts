/** Jobs of the past, as far back as one asking tells them: the mirror has only the last few. */
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore } from '../../core-link/use-core.ts';
import type { JobValue } from '../../text/job-titles.ts';

const MOST_JOBS = 1_000;
const NONE: readonly JobValue[] = [];

export function usePastJobs({ jobs }: Mirror): readonly JobValue[] {
  const { calls } = useCore();
  const newestEnd = Math.max(0, ...jobs.map(({ endedAtMs }) => endedAtMs ?? 0));
  return useAnswer(() => calls['jobs.list']({ limit: MOST_JOBS, beforeMs: null }), [newestEnd]).value ?? NONE;
}
