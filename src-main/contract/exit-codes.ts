/**
 * What the command line ends with, in restic's meaning, so that scripts carry over. One table; a code that is not
 * named in it ends with 1. Source: restic's manual, "Exit codes".
 */
import type { ErrorCode } from '#base/errors.ts';

export type ExitCode = 0 | 1 | 3 | 4 | 5 | 6 | 10 | 11 | 12 | 130;

export const EXIT_DONE = 0;
export const EXIT_FAILED = 1;
/** A backup was saved, but some of what was asked for could not be read. */
export const EXIT_INCOMPLETE = 3;

/** What `tidemark health` found, for watchdogs; being protected, with exceptions or without, is 0. */
export const EXIT_LATE = 4;
export const EXIT_IN_DANGER = 5;
/** Tidemark does not run, or nobody knows. */
export const EXIT_CANNOT_TELL = 6;

const EXIT_CODES = {
  'repository.notFound': 10,
  // A folder that is not there is no repository either: scripts make one, or wait for the drive.
  'storage.unreachable': 10,
  'repository.locked': 11,
  'repository.wrongPassword': 12,
  'repository.secretNeeded': 12,
  'job.cancelled': 130,
} as const satisfies Partial<Record<ErrorCode, ExitCode>>;

export function exitCodeOf(code: ErrorCode): ExitCode {
  return code in EXIT_CODES ? EXIT_CODES[code as keyof typeof EXIT_CODES] : EXIT_FAILED;
}
