/** The calls that take restores back. They need no repository: everything lies where the files were restored. */
import type { ByteString } from '#base/byte-string.ts';
import type { CallContext, ItemProblem } from './access.ts';

export type UndoAction = 'returned' | 'removed' | 'copied' | 'stayed';

export interface UndoInput {
  /** The folder that was restored into, or one below it. */
  readonly folder: ByteString;
  /** Absent: the newest restore that is not taken back. */
  readonly id?: string;
  readonly force: boolean;
}

export interface UndoHandlers {
  /** `copied`: what somebody changed since got the name `copy`. `stayed`: it was changed since and stays. */
  onItem(item: { readonly path: ByteString; readonly action: UndoAction; readonly copy?: ByteString }): void;
  onProblem(problem: ItemProblem): void;
}

export interface UndoneRestore {
  readonly id: string;
  readonly folder: ByteString;
  readonly counts: Readonly<Record<UndoAction, number>>;
  readonly problems: number;
  readonly isComplete: boolean;
}

export interface UndoableRestore {
  readonly id: string;
  readonly state: 'running' | 'unknown' | 'interrupted' | 'ended' | 'undone';
  readonly snapshotId: string;
  readonly rule: string;
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
}

export interface UndoList {
  readonly folder: ByteString;
  /** Newest first. */
  readonly restores: readonly UndoableRestore[];
}

export interface UndoCalls {
  undo(input: UndoInput, handlers: UndoHandlers, context: CallContext): Promise<UndoneRestore>;
  listUndo(folder: ByteString): Promise<UndoList>;
}
