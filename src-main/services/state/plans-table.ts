/**
 * Plans: what is protected, from what it is spared, where to, how often, and how long it is kept. Holds what a person
 * decided and nothing that happens later (jobs, versions). Every field is always there; a new one is a new migration.
 */
import { z } from 'zod';
import { CALENDAR_UNITS, KEEP_UNITS, type RetentionPolicy } from '#rules/retention-policy.ts';
import type { RunConditions, Schedule } from '#services/scheduler/schedule-types.ts';
import {
  bytesInJson,
  decodeRow,
  encodeRow,
  flagColumn,
  jsonColumn,
  pause,
  placeId,
  planId,
  timeMs,
  type PlanId,
} from './columns.ts';
import type { StateReader, StateWriter } from './state-database.ts';

const minute = z.number().int().min(0).max(1439);
const weekdays = z.array(z.literal([1, 2, 3, 4, 5, 6, 7])).optional();
const hours = { fromMinute: minute, toMinute: z.number().int().min(0).max(1440), weekdays };

const span = z.strictObject({
  years: z.number().int().min(0).optional(),
  months: z.number().int().min(0).optional(),
  days: z.number().int().min(0).optional(),
  hours: z.number().int().min(0).optional(),
});

/** JSON has no Infinity. */
const keepCount = z.codec(
  z.union([z.number().int().min(0), z.literal('all')]),
  z.custom<number>((value) => value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 0)),
  {
    decode: (stored) => (stored === 'all' ? Infinity : stored),
    encode: (value) => (value === Infinity ? 'all' : value),
  },
);

const retention = z.strictObject({
  counts: z.partialRecord(z.enum(KEEP_UNITS), keepCount),
  within: span.optional(),
  withinUnits: z.partialRecord(z.enum(CALENDAR_UNITS), span),
  tagLists: z.array(z.array(z.string())),
});

const command = z.strictObject({
  program: bytesInJson,
  arguments: z.array(bytesInJson),
  timeoutMs: z.number().int().positive(),
  /** What becomes of the backup when the command fails. */
  onFailure: z.enum(['stop', 'goOn']),
});

const planRow = z.strictObject({
  id: planId,
  name: z.string(),
  isOn: flagColumn,
  folders: jsonColumn(z.array(bytesInJson)),
  exclusions: jsonColumn(
    z.strictObject({
      presets: z.array(z.enum(['caches', 'developerLeftovers', 'virtualMachines', 'downloads'])),
      patterns: z.array(bytesInJson),
    }),
  ),
  placeIds: jsonColumn(z.array(placeId)),
  schedule: jsonColumn(
    z.strictObject({
      maxAgeMs: z.number().int().positive().optional(),
      fixedTimes: z.array(z.strictObject({ minuteOfDay: minute, weekdays })),
      /** Changes are noticed as they happen. */
      isWatching: z.boolean(),
    }),
  ),
  retention: jsonColumn(retention),
  conditions: jsonColumn(
    z.strictObject({
      mainsOnly: z.boolean(),
      avoidMetered: z.boolean(),
      quietHours: z.array(z.strictObject(hours)),
      bandwidth: z.array(z.strictObject({ ...hours, bytesPerSecond: z.number().int().positive() })),
    }),
  ),
  commands: jsonColumn(z.strictObject({ before: z.array(command), after: z.array(command) })),
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
