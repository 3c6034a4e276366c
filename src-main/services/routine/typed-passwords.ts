/** When a typed password last opened each place: what failed for want of it does not rest as after other failures. */
import type { Clock } from '#base/clock.ts';
import type { ErrorCode } from '#base/errors.ts';
import type { Job } from '#services/state/jobs-table.ts';

/** What a job fails with that only a typed password helps. */
const WANTS_PASSWORD: ReadonlySet<string> = new Set<ErrorCode>([
  'repository.secretNeeded',
  'repository.wrongPassword',
]);

export class TypedPasswords {
  readonly #clock: Clock;
  /** By the wall clock, as jobs have it. */
  readonly #typedAtMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(placeId: string): void {
    this.#typedAtMs.set(placeId, this.#clock.nowMs());
  }

  isWantedBy({ error }: Job): boolean {
    return error !== null && WANTS_PASSWORD.has(error.code);
  }

  /** The job failed for want of it, and it was typed after `sinceMs`, of the job's own times. */
  wasTypedSince(job: Job, sinceMs: number): boolean {
    return this.isWantedBy(job) && (this.#typedAtMs.get(job.placeId ?? '') ?? 0) > sinceMs;
  }
}
