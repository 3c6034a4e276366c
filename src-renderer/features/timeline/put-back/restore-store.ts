/**
 * A putting back that is under way or has ended, as the page knows it; it goes on when its sheet is closed. Of the end
 * it keeps what an undo needs. View state: the truth about the jobs is in the mirror.
 */
import { create } from 'zustand';
import type { WirePath } from '#contract/app/values.ts';
import type { Answers, Asks } from '../wire-types.ts';

/** What one job of a putting back is asked for; one for each point that is taken from. */
export type RestoreAsk = Omit<Extract<Asks<'jobs.start'>, { kind: 'restore' }>, 'kind'>;

export type Job = Answers<'jobs.wait'>;

/** What an undo is asked for by. */
export interface UndoRef {
  readonly folder: WirePath;
  readonly undoId: string;
}

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

export interface RestoreOutcome {
  readonly state: 'done' | 'doneExcept' | 'cancelled' | 'failed';
  /** Put back: written, or found to be there. */
  readonly files: number;
  readonly removed: number;
  readonly problems: number;
  readonly undos: readonly UndoRef[];
  /** Why, where it failed. */
  readonly error: Job['error'];
}

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
