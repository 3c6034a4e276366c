/**
 * Plans: what is protected, from what it is spared, where to, how often, and how long it is kept. Holds what a person
 * decided and nothing that happens later (jobs, versions). Every field is always there; a new one is a new migration.
 */
import { z } from 'zod';
import { CALENDAR_UNITS, KEEP_UNITS, type RetentionPolicy } from '#rules/retention-policy.ts';
import {
  bytesInJson,
  decodeRow,
  encodeRow,
  flagColumn,
  jsonColumn,
  placeId,
  planId,
  timeMs,
  type PlanId,
} from './columns.ts';
import type { StateReader, StateWriter } from './state-database.ts';

/** Minutes since local midnight; `to` before `from` goes over midnight. */
const hours = { fromMinute: z.number().int().min(0).max(1439), toMinute: z.number().int().min(0).max(1440) };

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
  isEnabled: flagColumn,
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
      /** The newest version is never to be older; null: only fixed times, or by hand. */
      maxAgeMs: z.number().int().positive().nullable(),
      /** Cron patterns, in local time. */
      fixedTimes: z.array(z.string()),
      isWatching: z.boolean(),
    }),
  ),
  retention: jsonColumn(retention),
  conditions: jsonColumn(
    z.strictObject({
      onMainsOnly: z.boolean(),
      notOnMetered: z.boolean(),
      quietHours: z.array(z.strictObject(hours)),
      bandwidth: z.array(z.strictObject({ ...hours, bytesPerSecond: z.number().int().positive() })),
    }),
  ),
  commands: jsonColumn(z.strictObject({ before: z.array(command), after: z.array(command) })),
  createdAtMs: timeMs,
  changedAtMs: timeMs,
});

/** `retention` in the engine's own type, which knows no `undefined`. */
export type Plan = Readonly<Omit<z.output<typeof planRow>, 'retention'> & { retention: RetentionPolicy }>;

const PUT = `
INSERT INTO plans (id, name, isEnabled, folders, exclusions, placeIds, schedule, retention, conditions, commands,
  createdAtMs, changedAtMs)
VALUES (:id, :name, :isEnabled, :folders, :exclusions, :placeIds, :schedule, :retention, :conditions, :commands,
  :createdAtMs, :changedAtMs)
ON CONFLICT (id) DO UPDATE SET name = :name, isEnabled = :isEnabled, folders = :folders, exclusions = :exclusions,
  placeIds = :placeIds, schedule = :schedule, retention = :retention, conditions = :conditions, commands = :commands,
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
