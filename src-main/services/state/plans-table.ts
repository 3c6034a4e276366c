/**
 * Plans: what is protected, from what it is spared, where to, how often, and how long it is kept. Holds what a person
 * decided and nothing that happens later (jobs, versions). Every field is always there; a new one is a new migration.
 */
import { z } from 'zod';
import type { RetentionPolicy } from '#rules/retention-policy.ts';
import type { RunConditions, Schedule } from '#services/scheduler/schedule-types.ts';
import {
  bytesInJson,
  commands,
  conditions,
  exclusions,
  pause,
  placeId,
  planId,
  retention,
  schedule,
  timeMs,
  type PlanId,
} from '#contract/app/values.ts';
import { decodeRow, encodeRow, flagColumn, jsonColumn } from './columns.ts';
import type { StateReader, StateWriter } from './state-database.ts';

const planRow = z.strictObject({
  id: planId,
  name: z.string(),
  isOn: flagColumn,
  folders: jsonColumn(z.array(bytesInJson)),
  exclusions: jsonColumn(exclusions),
  placeIds: jsonColumn(z.array(placeId)),
  schedule: jsonColumn(schedule),
  retention: jsonColumn(retention),
  conditions: jsonColumn(conditions),
  commands: jsonColumn(commands),
  pause: jsonColumn(pause).nullable(),
  createdAtMs: timeMs,
  changedAtMs: timeMs,
});

/** In the types of those who decide by it, which know no `undefined`. */
export interface Plan extends Readonly<
  Omit<z.output<typeof planRow>, 'retention' | 'schedule' | 'conditions'>
> {
  readonly retention: RetentionPolicy;
  readonly schedule: Schedule & { readonly isWatching: boolean };
  readonly conditions: RunConditions;
}

const PUT = `
INSERT INTO plans (id, name, isOn, folders, exclusions, placeIds, schedule, retention, conditions, commands,
  pause, createdAtMs, changedAtMs)
VALUES (:id, :name, :isOn, :folders, :exclusions, :placeIds, :schedule, :retention, :conditions, :commands,
  :pause, :createdAtMs, :changedAtMs)
ON CONFLICT (id) DO UPDATE SET name = :name, isOn = :isOn, folders = :folders, exclusions = :exclusions,
  placeIds = :placeIds, schedule = :schedule, retention = :retention, conditions = :conditions, commands = :commands, pause = :pause,
  createdAtMs = :createdAtMs, changedAtMs = :changedAtMs`;

/** Adds or replaces. @throws request.invalidInput */
export function putPlan(writer: StateWriter, plan: Plan): void {
  writer.run(PUT, encodeRow('plans', planRow, plan as z.output<typeof planRow>));
}

/** Its jobs and versions stay. */
export function removePlan(writer: StateWriter, id: PlanId): void {
  writer.run('DELETE FROM plans WHERE id = :id', { id });
}

/** Oldest first. @throws state.entryInvalid: rather none than some, a missing plan would look like nothing to do */
export function listPlans(reader: StateReader): Plan[] {
  return reader
    .all('SELECT * FROM plans ORDER BY createdAtMs, id')
    .map((row) => decodeRow('plans', planRow, row) as Plan);
}

/** @throws state.entryInvalid */
export function getPlan(reader: StateReader, id: PlanId): Plan | undefined {
  const row = reader.first('SELECT * FROM plans WHERE id = :id', { id });
  return row && (decodeRow('plans', planRow, row) as Plan);
}
