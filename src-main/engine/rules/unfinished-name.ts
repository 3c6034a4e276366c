/**
 * Names of files that a restore has not finished. They tell whose they are, so that a run removes what a dead run left
 * behind and never what another living one is writing: `.tidemark-restore-MACHINE-PROCESS-RUN-NUMBER`.
 */
import type { ByteString } from '#base/byte-string.ts';

export interface UnfinishedOwner {
  /** Eight hexadecimal digits that stand for the machine. */
  readonly machine: string;
  readonly pid: number;
}

const PATTERN = /^\.tidemark-restore-([0-9a-f]{8})-([0-9]{1,10})-[0-9a-f]{8}-[0-9]+$/;

/** Beginning of the names of one run; a number follows. `run`: eight random hexadecimal digits. */
export function unfinishedPrefix({ machine, pid }: UnfinishedOwner, run: string): ByteString {
  return `.tidemark-restore-${machine}-${pid}-${run}-` as ByteString;
}

/** Undefined for every other name. */
export function ownerOfUnfinished(name: ByteString): UnfinishedOwner | undefined {
  const match = PATTERN.exec(name);
  return match === null ? undefined : { machine: match[1]!, pid: Number(match[2]) };
}
