/** Jobs and the log as far back as was asked for, page by page, anew when something has ended. */
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useAnswer, type Answer } from '../../core-link/use-answer.ts';
import type { CoreLink } from '../../core-link/connect-core.ts';
import { useCore } from '../../core-link/use-core.ts';
import type { JobValue } from '../../text/job-titles.ts';
import type { LogEntry } from './view-model.ts';

const PAGE = 1_000;

export interface Past {
  readonly jobs: readonly JobValue[];
  readonly log: readonly LogEntry[];
  /** There is more than was loaded. */
  readonly isCut: boolean;
}

export function useActivity(mirror: Mirror, pages: number): Answer<Past> {
  const { calls } = useCore();
  const ended = mirror.jobs.filter(({ endedAtMs }) => endedAtMs !== null).map(({ id, state }) => [id, state]);
  return useAnswer(() => loadPast(calls, pages), [pages, ended, mirror.plans.length, mirror.places.length]);
}

async function loadPast(calls: CoreLink['calls'], pages: number): Promise<Past> {
  const jobs: JobValue[] = [];
  const log: LogEntry[] = [];
  let isCut = false;
  for (let page = 0; page < pages; page++) {
    const [someJobs, someLog] = await Promise.all([
      calls['jobs.list']({ limit: PAGE, beforeMs: jobs.at(-1)?.queuedAtMs ?? null }),
      calls['activity.list']({ limit: PAGE, before: log.at(-1)?.number ?? null }),
    ]);
    jobs.push(...someJobs);
    log.push(...someLog);
    isCut = someJobs.length === PAGE || someLog.length === PAGE;
    if (!isCut) break;
  }
  return { jobs, log, isCut };
}
