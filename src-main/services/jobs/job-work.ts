/** What the queue needs of those who do the work of a kind of job, and what they are given. */
import type { ByteString } from '#base/byte-string.ts';
import type { TidemarkError, WireError } from '#base/errors.ts';
import type { z } from 'zod';
import type { JobKind, JobProgress, JobRequest, Starter } from '#contract/app/job-values.ts';
import type { JobId } from '#contract/app/values.ts';

export interface JobRun {
  readonly id: JobId;
  readonly startedBy: Starter;
  /** Fires when the job is to stop at its next safe place, for good or to rest. */
  readonly signal: AbortSignal;
  progress(progress: JobProgress): void;
  /** A file that is not as it should be; the rest goes on. */
  trouble(path: ByteString, error: WireError): void;
}

export interface JobOutcome {
  /** Done, but not for all that was asked. */
  readonly hasExceptions: boolean;
  /** Kept with the job, shown to people and read by later decisions. */
  readonly result: z.core.util.JSONType;
  /** Why it ended before its end, where there is something to tell of what was done: as if it were thrown. */
  readonly cut?: TidemarkError;
}

export type RequestOf<Kind extends JobKind> = Extract<JobRequest, { kind: Kind }>;

/** Does one job. @throws TidemarkError; `job.cancelled` after the signal has fired */
export type JobWork<Kind extends JobKind> = (request: RequestOf<Kind>, run: JobRun) => Promise<JobOutcome>;

/** Kinds that go on where they were cut off, as the same job; of others another job begins anew. */
export const GOES_ON: ReadonlySet<string> = new Set<JobKind>(['restore']);

export type JobWorks = { readonly [Kind in JobKind]: JobWork<Kind> };
