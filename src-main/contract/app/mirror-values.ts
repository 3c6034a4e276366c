/**
 * What every window knows of the core, in one value that the core keeps up to date: the window shows it and asks for
 * nothing it contains. Parts that changed come as events with a revision; who misses one asks for the whole again.
 */
import { z } from 'zod';
import { PROTECTION_STATES } from '#contract/protection-codes.ts';
import { job } from './job-values.ts';
import { windowSettings } from './settings-calls.ts';
import { count, pause, place, placeId, plan, planId, timeMs } from './values.ts';

export const problem = z.strictObject({
  key: z.string(),
  code: z.string(),
  level: z.enum(['quiet', 'notice', 'alarm']),
  state: z.enum(PROTECTION_STATES),
  planIds: z.array(z.string()),
  placeIds: z.array(z.string()),
  errorCode: z.string().optional(),
  newestAtMs: timeMs.optional(),
  fileCount: count.optional(),
  untilMs: timeMs.optional(),
  versionCount: count.optional(),
});

export const health = z.strictObject({
  state: z.enum(PROTECTION_STATES),
  plans: z.array(z.strictObject({ planId: z.string(), state: z.enum(PROTECTION_STATES) })),
  copies: z.array(
    z.strictObject({
      planId: z.string(),
      placeId: z.string(),
      state: z.enum(PROTECTION_STATES),
      newestAtMs: timeMs.optional(),
    }),
  ),
  problems: z.array(problem),
});

/** A run that is due and waits, or the next one by schedule. */
export const nextRun = z.strictObject({
  planId,
  placeId,
  /** Null: as soon as what it waits for comes. */
  atMs: timeMs.nullable(),
  wait: z.string().nullable(),
});

export const watchStatus = z.strictObject({
  planId,
  kind: z.enum(['off', 'starting', 'watching', 'walking']),
  /** Why changes are not seen as they happen. */
  reason: z.string().nullable(),
});

export const machine = z.strictObject({
  power: z.enum(['mains', 'battery', 'unknown']),
  isBatteryLow: z.boolean(),
  network: z.enum(['none', 'metered', 'unmetered', 'unasked']),
});

const parts = {
  plans: z.array(plan),
  places: z.array(place),
  /** Waiting, running, resting; then the last few that ended, newest first. */
  jobs: z.array(job),
  health,
  next: z.array(nextRun),
  watch: z.array(watchStatus),
  machine,
  pause: pause.nullable(),
  settings: windowSettings,
};

export const mirror = z.strictObject({ revision: count, ...parts });
/** As windows have it. */
export type Mirror = z.input<typeof mirror>;
/** As the core makes it. */
export type MirrorParts = Omit<z.output<typeof mirror>, 'revision'>;

/** The parts that changed since the revision before. */
export const mirrorChange = z.strictObject({ revision: count, parts: z.strictObject(parts).partial() });
export type MirrorChange = z.input<typeof mirrorChange>;
