/**
 * A putting back that is under way or has ended, as the page knows it; it goes on when its sheet is closed. Of the end
 * it keeps what an undo needs. View state: the truth about the jobs is in the mirror.
 */
import { create } from 'zustand';
import type { RestoreAsk, RestoreOutcome, UndoRef } from '../../../parts/restore-outcome.ts';

export interface RestoreProgress {
  readonly filesDone: number;
  readonly totalFiles: number | null;
  readonly bytesDone: number;
  readonly totalBytes: number | null;
}

export type Run =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'running';
      readonly jobIds: readonly string[];
      readonly progress: RestoreProgress | null;
    }
  | {
      readonly kind: 'ended';
      readonly jobIds: readonly string[];
      readonly outcome: RestoreOutcome;
    };

/** A putting back that can be taken back, and then be done again. */
export interface DoneRestore {
  readonly asks: readonly RestoreAsk[];
  readonly undos: readonly UndoRef[];
}

interface RestoreStore {
  readonly run: Run;
  /** The last one that changed something; what `Ctrl + Z` takes back. Null: there is none. */
  readonly last: DoneRestore | null;
  /** Jobs whose troubles the person looks at; empty: none. */
  readonly troublesOf: readonly string[];
}

export const useRestores = create<RestoreStore>(() => ({
  run: { kind: 'none' },
  last: null,
  troublesOf: [],
}));
