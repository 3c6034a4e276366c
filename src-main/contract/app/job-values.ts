/** Jobs as windows see them: every long action is one, with the same record, whoever asked for it. */
import { z } from 'zod';
import type { WaitReason } from '#contract/protection-codes.ts';
import { bytesInJson, count, jobId, placeId, planId, snapshotId, timeMs, wireError } from './values.ts';

/** Who or what asked. */
export const STARTERS = ['person', 'schedule', 'watcher', 'catchUp', 'retry', 'upkeep'] as const;
export type Starter = (typeof STARTERS)[number];

export const JOB_STATES = [
  'queued',
  'running',
  'paused',
  'done',
  /** Done, and some files had trouble. */
  'doneExcept',
  'failed',
  'cancelled',
  'interrupted',
] as const;

/** Why a run that was due could not begin. Those for which nothing should have run are not among them. */
export const HELD_BY = [
  'paused',
  'onBattery',
  'lowBattery',
  'meteredNetwork',
  'unknownNetwork',
  'offline',
  'placeAway',
] as const satisfies readonly WaitReason[];

export const heldRun = z.strictObject({
  fromMs: timeMs,
  /** Null: it is held now. */
  toMs: timeMs.nullable(),
  reason: z.enum(HELD_BY),
});

export const RESTORE_RULES = [
  'replace-keep-current',
  'keep-both',
  'only-missing',
  'only-older',
  'exact',
] as const;

/** For a single path; what came later is a matter of the whole. */
export const PATH_RULES = [
  'replace-keep-current',
  'keep-both',
  'only-missing',
  'only-older',
] as const satisfies readonly (typeof RESTORE_RULES)[number][];

export const restoreChoice = z.strictObject({
  placeId,
  snapshotId,
  /** Absolute in the version; empty: all of it. */
  paths: z.array(bytesInJson).max(100_000),
  /** Absolute folder; null: where they came from. */
  target: bytesInJson.nullable(),
  rule: z.enum(RESTORE_RULES),
  /** Absolute in the version: these, and what is below them, are left alone. */
  excludePaths: z.array(bytesInJson).max(100_000).exactOptional(),
  /** Absolute in the version: in the place of `rule` for these and what is below them; the deepest one counts. */
  rulesByPath: z
    .array(z.strictObject({ path: bytesInJson, rule: z.enum(PATH_RULES) }))
    .max(100_000)
    .exactOptional(),
});

/** What a job is asked for, by kind. */
export const jobRequest = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('backup'),
    planId,
    placeId,
    /** Everything is looked at, whatever the watcher says. */
    walkAll: z.boolean().optional(),
    /** The person has said that an empty source is meant. */
    allowEmptySource: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('restore'), ...restoreChoice.shape }),
  /** A zip file of what was chosen, each in its own version; a file that is there is never replaced. */
  z.strictObject({
    kind: z.literal('export'),
    placeId,
    /** `paths` are absolute in the version; empty: all of it. */
    from: z
      .array(z.strictObject({ snapshotId, paths: z.array(bytesInJson).max(100_000) }))
      .min(1)
      .max(10_000),
    /** Absolute, of the zip file. */
    target: bytesInJson,
  }),
  /**
   * The same for other programs, in a private folder under the id of the job (see hand-out-calls.ts): as one zip file, or as
   * they are. Not taken up again: whoever waited for it has gone.
   */
  z.strictObject({
    kind: z.literal('handOut'),
    placeId,
    from: z
      .array(z.strictObject({ snapshotId, paths: z.array(bytesInJson).min(1).max(100_000) }))
      .min(1)
      .max(10_000),
    /** Null: no archive. */
    zipName: z.string().min(1).max(200).nullable(),
  }),
  /** Null: as it is. An empty label takes it away. The version gets a new id, which is in the result. */
  z.strictObject({
    kind: z.literal('label'),
    placeId,
    snapshotId,
    keepForEver: z.boolean().nullable(),
    label: z.string().max(200).nullable(),
  }),
  /** Takes paths, with all that is in them, out of every version of a series, for good. */
  z.strictObject({
    kind: z.literal('erase'),
    placeId,
    series: z.string(),
    paths: z.array(bytesInJson).min(1).max(1_000),
  }),
  z.strictObject({ kind: z.literal('undo'), folder: bytesInJson, undoId: z.string() }),
  /** Proves part `part` of `of` of the stored data; of = 1: all of it. */
  z.strictObject({
    kind: z.literal('verify'),
    placeId,
    part: z.number().int().min(1),
    of: z.number().int().min(1),
  }),
  /**
   * Mends what verifications found damaged, from other places and live files. `givesUp`: what is found nowhere is taken out
   * of the versions, which stay.
   */
  z.strictObject({ kind: z.literal('mend'), placeId, givesUp: z.boolean() }),
  /** Removes what the plan's rule does not keep, under the brake. */
  z.strictObject({ kind: z.literal('thinOut'), planId, placeId }),
  /** Gives back room. */
  z.strictObject({ kind: z.literal('cleanUp'), placeId }),
  /** Plans and settings travel to the place. */
  z.strictObject({ kind: z.literal('saveSettings'), placeId }),
  /** Reads what a place holds into the catalogue. */
  z.strictObject({ kind: z.literal('readHistory'), placeId }),
]);
export type JobRequest = z.output<typeof jobRequest>;
export type JobKind = JobRequest['kind'];

export const jobProgress = z.strictObject({
  filesDone: count,
  bytesDone: count,
  /** Null while nobody knows. */
  totalFiles: count.nullable(),
  totalBytes: count.nullable(),
  /** The folder or file looked at last. */
  current: bytesInJson.nullable(),
  troubles: count,
});
export type JobProgress = z.output<typeof jobProgress>;

export const job = z.strictObject({
  id: jobId,
  kind: z.string(),
  planId: planId.nullable(),
  placeId: placeId.nullable(),
  startedBy: z.enum(STARTERS),
  state: z.enum(JOB_STATES),
  request: z.json(),
  queuedAtMs: timeMs,
  startedAtMs: timeMs.nullable(),
  endedAtMs: timeMs.nullable(),
  result: z.json().nullable(),
  error: wireError.nullable(),
  troubleCount: count,
  /** While it runs. */
  progress: jobProgress.nullable(),
  /** Why it does not run yet, or rests. */
  wait: z.string().nullable(),
});

export const jobTrouble = z.strictObject({ path: bytesInJson, error: wireError });
