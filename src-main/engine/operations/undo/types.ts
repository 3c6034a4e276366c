/** What goes into taking a restore back and what comes out. Paths are absolute. */
import type { ByteString } from '#base/byte-string.ts';
import type { Clock } from '#base/clock.ts';
import type { Identity } from '#base/identity.ts';
import type { TargetFiles } from '#files/port.ts';
import type { Primitives } from '#format/primitives.ts';
import type { UndoState } from './undo-record.ts';

/** No repository is needed: everything lies in the target. */
export interface UndoParts {
  readonly files: TargetFiles;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly primitives: Pick<Primitives, 'sha256'>;
}

export interface UndoRequest {
  /** Absolute: the folder that was restored into, or one below it. */
  readonly folder: ByteString;
  /** An undo id or its beginning; absent: the newest restore that is not taken back yet. */
  readonly id?: string;
  /** Although the restore may still be running. */
  readonly force: boolean;
}

export interface UndoableRestore {
  readonly id: ByteString;
  readonly state: UndoState;
  readonly snapshotId: string;
  readonly rule: string;
  readonly startedAtMs: number;
  /** Until then it can be taken back. */
  readonly expiresAtMs: number;
}

export interface UndoList {
  /** Where the restores went; absolute. */
  readonly folder: ByteString;
  /** Newest first. */
  readonly restores: readonly UndoableRestore[];
}

/**
 * `copied`: somebody changed it since, and it was given the name `copy` before what was there came back. `stayed`: somebody
 * changed it since, and nothing else was there before.
 */
export type UndoAction = 'returned' | 'removed' | 'copied' | 'stayed';

export interface UndoObserver {
  onEntry?(path: ByteString, action: UndoAction, copy?: ByteString): void;
  /** Something that is not as it was before: a system code, or why, for people: lower case, no full stop. */
  onProblem?(path: ByteString, code: string, reason: string): void;
}

export interface UndoResult {
  readonly id: ByteString;
  readonly folder: ByteString;
  readonly counts: Readonly<Record<UndoAction, number>>;
  readonly problems: number;
  /** Everything is back; nothing is kept for this restore any more. */
  readonly isComplete: boolean;
}
