/** The runs that the scheduler decides by, kept in memory beside the jobs' rows, as long as its rules need them. */
import type { Job } from '#services/state/jobs-table.ts';
import type { RunRecord } from '#services/scheduler/schedule-types.ts';
import { toRunRecord } from './run-record.ts';

/** Of each plan and place. Source: ScheduleFacts.history. */
const REMEMBERED = 100;

export class RememberedRuns {
  /** In the order in which they were asked for. */
  readonly #jobs = new Map<string, Job>();

  /** A job that is new or has changed. Of kinds other than backups nothing is remembered. */
  note(job: Job): void {
    if (job.kind !== 'backup') return;
    this.#jobs.set(job.id, job);
    if (job.endedAtMs !== null) this.#forgetOld(job);
  }

  records(): RunRecord[] {
    return [...this.#jobs.values()].map(toRunRecord).filter((record) => record !== undefined);
  }

  /** The job behind a record that `records` has given. */
  jobOf(record: RunRecord): Job | undefined {
    return [...this.#jobs.values()].find(
      ({ planId, placeId, startedAtMs, queuedAtMs }) =>
        planId === record.planId &&
        placeId === record.placeId &&
        (startedAtMs ?? queuedAtMs) === record.startedAtMs,
    );
  }

  /** Newest first. */
  ofPair(planId: string, placeId: string): Job[] {
    return [...this.#jobs.values()]
      .filter((job) => job.planId === planId && job.placeId === placeId)
      .reverse();
  }

  #forgetOld({ planId, placeId }: Job): void {
    if (planId === null || placeId === null) return;
    const runs = this.ofPair(planId, placeId);
    const lastComplete = runs.findIndex(({ state }) => state === 'done' || state === 'doneExcept');
    for (const old of runs.slice(Math.max(REMEMBERED, lastComplete + 1))) this.#jobs.delete(old.id);
  }
}
