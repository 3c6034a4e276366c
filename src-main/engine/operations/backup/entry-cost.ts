/** What saving one file or folder took and stored, for who listens to every entry. Times are measured by the core. */
import type { StoredCounts } from '#pipeline/job-types.ts';

/** New plaintext, and what it takes in the repository. */
export interface StoredBytes {
  readonly bytes: number;
  readonly packedBytes: number;
}

export interface EntryCost {
  /** From when it was begun to when it was saved; a folder with all that is in it. */
  readonly durationMs: number;
  /** Of a file's content. */
  readonly data: StoredBytes;
  /** Of a folder's list and those below it. */
  readonly trees: StoredBytes;
}

export const NOTHING_STORED: StoredBytes = { bytes: 0, packedBytes: 0 };
export const NO_COST: EntryCost = { durationMs: 0, data: NOTHING_STORED, trees: NOTHING_STORED };

export function addStoredBytes(a: StoredBytes, b: StoredBytes | StoredCounts): StoredBytes {
  return { bytes: a.bytes + b.bytes, packedBytes: a.packedBytes + b.packedBytes };
}
