/** What a restore would do, before anything is touched, and what the job that does it leaves as its result. */
import { z } from 'zod';
import { restoreChoice } from './job-values.ts';
import { bytesInJson, count } from './values.ts';

/** More lines than anybody reads; the counts are always of everything. */
export const MOST_FILES_SHOWN = 1_000;

export const RESTORE_ACTIONS = ['restored', 'updated', 'beside', 'unchanged', 'kept', 'removed'] as const;

export const restoreQuestion = z.strictObject({
  ...restoreChoice.shape,
  /** Also a line for each file. */
  withFiles: z.boolean().exactOptional(),
});

export const restoreLine = z.strictObject({
  /** Absolute in the version: what `excludePaths` and `rulesByPath` take. */
  path: bytesInJson,
  label: z.string(),
  /** updated: replaces what is there. beside: gets a name beside it. kept: the rule leaves what is there. removed: the version does not have it. */
  action: z.enum(RESTORE_ACTIONS),
  sizeBytes: count,
  /** Of what is there now; null: nothing. */
  currentModifiedMs: z.number().nullable(),
});

export const restorePreview = z.strictObject({
  restored: count,
  updated: count,
  beside: count,
  unchanged: count,
  kept: count,
  removed: count,
  bytesToWrite: count,
  freeBytes: count.nullable(),
  hasRoom: z.boolean(),
  problems: z.array(z.strictObject({ path: bytesInJson, reason: z.string() })),
  /** Where it was asked for: those that change something first. */
  files: z.array(restoreLine).optional(),
  /** There are more than `MOST_FILES_SHOWN`. */
  filesCut: z.boolean(),
});

/** The `result` of a job `restore`; of what was done, where it was stopped or failed on the way. */
export const restoreResult = z.strictObject({
  /** Of what was asked for; null: it ended before that was known. */
  filesTotal: count.nullable(),
  filesRestored: count,
  filesUpdated: count,
  filesUnchanged: count,
  filesKept: count,
  filesRemoved: count,
  bytesRestored: count,
  verifiedFiles: count,
  problems: count,
  /** Where it went, for people. */
  target: z.string(),
  /** What a job `undo` takes; null: the rule keeps nothing, or nothing was done. */
  undoId: z.string().nullable(),
  folder: bytesInJson.nullable(),
  /** All of them: a restore to several parts of the disk is taken back by one job for each. */
  undos: z.array(z.strictObject({ folder: bytesInJson, undoId: z.string() })),
});
