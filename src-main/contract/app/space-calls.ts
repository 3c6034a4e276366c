/** What a place holds and what can be done about it: space, what erasing would take, and the facts of the recovery kit. */
import { z } from 'zod';
import type { CallTable } from '#contract/calls/call-table.ts';
import { bytesInJson, count, placeId, timeMs } from './values.ts';

export const placeSpace = z.strictObject({
  /** Of all stored data; null: the place cannot be reached. */
  storedBytes: count.nullable(),
  freeBytes: count.nullable(),
  /** What each version added, oldest first; those whose snapshot does not say are left out. */
  points: z.array(z.strictObject({ timeMs, addedBytes: count })),
  /** What is in the newest version of each series, largest first: the folders right below what is protected. */
  byFolder: z.array(
    z.strictObject({ series: z.string(), folder: bytesInJson, label: z.string(), bytes: count }),
  ),
});

export const eraseOutlook = z.strictObject({
  /** Versions that would be written anew without it. */
  versions: count,
  /** Distinct files, and what their distinct contents are together; other files may share some of it. */
  files: count,
  bytes: count,
  /** Until when the place keeps it all the same; null: it knows no such time, or cannot be reached. */
  undeletableUntilMs: timeMs.nullable(),
});

/** For the printed page. No secret: the code is only what making or renewing it has told. */
export const kitFacts = z.strictObject({
  placeName: z.string(),
  kind: z.string(),
  location: z.string(),
  computerName: z.string(),
  dateMs: timeMs,
  repositoryId: z.string(),
  /** Of the keys that people keep; empty where the place cannot be reached. */
  keyIds: z.array(z.string()),
  /** The person's own passphrase opens the copies as well. */
  hasPassphrase: z.boolean(),
  /** Lines for a terminal, with the plain restic program. */
  commands: z.array(z.string()),
});

export const spaceCalls = {
  'space.get': { kind: 'query', input: z.strictObject({ placeId }), output: placeSpace },
  /** What the job `erase` would do. @throws files.pathNotInSnapshot: no version of the series has it */
  'erase.prepare': {
    kind: 'query',
    input: z.strictObject({
      placeId,
      series: z.string(),
      paths: z.array(bytesInJson).min(1).max(1_000),
    }),
    output: eraseOutlook,
  },
  'kit.get': { kind: 'query', input: z.strictObject({ placeId }), output: kitFacts },
} as const satisfies CallTable;
