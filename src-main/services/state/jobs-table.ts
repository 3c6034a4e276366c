/**
 * Jobs of every kind, waiting, running and done, with what came of them. What kinds there are and what they ask for
 * and answer is known to the queue alone; here it is JSON.
 */
import { z } from 'zod';
import { JOB_STATES, STARTERS } from '#contract/app/job-values.ts';
import { jobId, placeId, planId, timeMs, type JobId, type PlanId, wireError } from '#contract/app/values.ts';
import { decodeRow, encodeRow, flagColumn, jsonColumn } from './columns.ts';
import type { StateReader, StateWriter } from './state-database.ts';

const jobRow = z.strictObject({
  id: jobId,
  kind: z.string().min(1),
  planId: planId.nullable(),
  placeId: placeId.nullable(),
  startedBy: z.enum(STARTERS),
  state: z.enum(JOB_STATES),
  request: jsonColumn(z.json()),
  queuedAtMs: timeMs,
  startedAtMs: timeMs.nullable(),
  /** East of UTC, what the clocks on the wall showed then: tells which local day it belongs to. */
  startOffsetSec: z.number().int().nullable(),
  /** Null as long as it waits or runs: such jobs are taken up again after a crash. */
  endedAtMs: timeMs.nullable(),
  result: jsonColumn(z.json()).nullable(),
  error: jsonColumn(wireError).nullable(),
  /** How many files had trouble, also of those that are not kept one by one. */
  troubleCount: z.number().int().min(0),
  /** A wrong clock dated it, whatever time it is now. */
  isAhead: flagColumn,
  /** Why it rests, or is about to; null when it shall not. */
  wait: z.string().min(1).nullable(),
});

export type Job = Readonly<z.output<typeof jobRow>>;

const PUT = `
INSERT INTO jobs (id, kind, planId, placeId, startedBy, state, request, queuedAtMs, startedAtMs, startOffsetSec, endedAtMs,
  result,  error, troubleCount, isAhead, wait)
VALUES (:id, :kind, :planId, :placeId, :startedBy, :state, :request, :queuedAtMs, :startedAtMs, :startOffsetSec, :endedAtMs,
  :result,  :error, :troubleCount, :isAhead, :wait)
ON CONFLICT (id) DO UPDATE SET kind = :kind, planId = :planId, placeId = :placeId, startedBy = :startedBy,
  state = :state, request = :request, queuedAtMs = :queuedAtMs, startedAtMs = :startedAtMs, startOffsetSec = :startOffsetSec, endedAtMs = :endedAtMs,
  result = :result, error = :error, troubleCount = :troubleCount, isAhead = :isAhead, wait = :wait`;

/** Adds or replaces; troubles already noted stay. @throws request.invalidInput */
export function putJob(writer: StateWriter, job: Job): void {
  writer.run(PUT, encodeRow('jobs', jobRow, job));
}

/** @throws state.entryInvalid */
export function getJob(reader: StateReader, id: JobId): Job | undefined {
  const row = reader.first('SELECT * FROM jobs WHERE id = :id', { id });
  return row && decodeRow('jobs', jobRow, row);
}

/** Waiting or running, oldest first. @throws state.entryInvalid */
export function listUnfinishedJobs(reader: StateReader): Job[] {
  return reader
    .all('SELECT * FROM jobs WHERE endedAtMs IS NULL ORDER BY queuedAtMs, id')
    .map((row) => decodeRow('jobs', jobRow, row));
}

export interface JobListQuery {
  readonly limit: number;
  /** Only those of one plan. */
  readonly planId?: PlanId;
  /** To page on: older than this one. */
  readonly before?: Pick<Job, 'queuedAtMs' | 'id'>;
}

/** Newest first. @throws state.entryInvalid */
export function listJobs(reader: StateReader, { limit, planId: ofPlan, before }: JobListQuery): Job[] {
  return reader
    .all(
      `SELECT * FROM jobs
       WHERE (:planId IS NULL OR planId = :planId) AND (:id IS NULL OR (queuedAtMs, id) < (:queuedAtMs, :id))
       ORDER BY queuedAtMs DESC, id DESC LIMIT :limit`,
      { limit, planId: ofPlan ?? null, id: before?.id ?? null, queuedAtMs: before?.queuedAtMs ?? null },
    )
    .map((row) => decodeRow('jobs', jobRow, row));
}

/** Of each kind, plan and place. Source: ScheduleFacts.history. */
const REMEMBERED = 100;

/**
 * What decisions are made by: of each kind, plan and place the newest, and all since the last one that ended well, in the
 * order in which they were asked for (not by their times: clocks lie).
 * @throws state.entryInvalid
 */
export function listLastJobs(reader: StateReader): Job[] {
  return reader
    .all(
      `SELECT jobs.* FROM jobs JOIN (
         SELECT id, rowid AS number,
           ROW_NUMBER() OVER ofPair AS age,
           SUM(state IN ('done', 'doneExcept')) OVER ofPair AS endedWell
         FROM jobs WINDOW ofPair AS (PARTITION BY kind, planId, placeId ORDER BY rowid DESC)
       ) AS ranked ON ranked.id = jobs.id
       WHERE age <= :remembered OR endedWell = 0 OR (endedWell = 1 AND state IN ('done', 'doneExcept'))
       ORDER BY ranked.number`,
      { remembered: REMEMBERED },
    )
    .map((row) => decodeRow('jobs', jobRow, row));
}

/** With their troubles. Of each kind, plan and place the newest of each outcome stays, and what has not ended. */
export function removeJobsEndedBefore(writer: StateWriter, endedAtMs: number): void {
  writer.run(
    `DELETE FROM jobs WHERE endedAtMs < :endedAtMs AND rowid NOT IN (
       SELECT MAX(rowid) FROM jobs WHERE endedAtMs IS NOT NULL GROUP BY kind, planId, placeId, state)`,
    { endedAtMs },
  );
}
