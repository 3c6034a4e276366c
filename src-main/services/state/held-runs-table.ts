/** When a run was due and could not begin, and why: one row for each stretch of time, however often it was looked at. */
import { z } from 'zod';
import { HELD_BY } from '#contract/app/job-values.ts';
import { placeId, planId, timeMs, type PlaceId, type PlanId } from '#contract/app/values.ts';
import { decodeRow, encodeRow } from './columns.ts';
import type { StateReader, StateWriter } from './state-database.ts';

/** Of all plans and places. A laptop that sleeps at night makes one or two a day and place; about 100 bytes each. */
export const MOST_HELD_RUNS_KEPT = 4_000;

const heldRunRow = z.strictObject({
  planId,
  placeId,
  fromMs: timeMs,
  /** As far as it is known: it may go on. */
  toMs: timeMs,
  reason: z.enum(HELD_BY),
});

export type HeldRun = Readonly<z.output<typeof heldRunRow>>;

/** Adds it, or replaces what began at the same moment. @throws request.invalidInput */
export function putHeldRun(writer: StateWriter, held: HeldRun): void {
  writer.run(
    `INSERT OR REPLACE INTO heldRuns (planId, placeId, fromMs, toMs, reason)
     VALUES (:planId, :placeId, :fromMs, :toMs, :reason)`,
    encodeRow('heldRuns', heldRunRow, held),
  );
}

/** Oldest first. @throws state.entryInvalid */
export function listHeldRuns(reader: StateReader, plan: PlanId, place: PlaceId): HeldRun[] {
  return reader
    .all('SELECT * FROM heldRuns WHERE planId = :plan AND placeId = :place ORDER BY fromMs', { plan, place })
    .map((row) => decodeRow('heldRuns', heldRunRow, row));
}

/** Those that ended before, those that a wrong clock dated ahead of now, and the oldest of too many. */
export function removeHeldRuns(writer: StateWriter, beforeMs: number, nowMs: number): void {
  writer.run('DELETE FROM heldRuns WHERE toMs < :beforeMs OR fromMs > :nowMs', { beforeMs, nowMs });
  writer.run(
    `DELETE FROM heldRuns WHERE toMs <=
       (SELECT toMs FROM heldRuns ORDER BY toMs DESC LIMIT 1 OFFSET :kept)`,
    { kept: MOST_HELD_RUNS_KEPT },
  );
}
