/** What several jobs of one putting back have done together. Pure. */
import type { Job, RestoreAsk, RestoreOutcome, UndoRef } from './restore-store.ts';

const WORST_FIRST = ['failed', 'interrupted', 'cancelled', 'doneExcept', 'done'] as const;

export function restoreOutcome(jobs: readonly Job[]): RestoreOutcome {
  const worst = WORST_FIRST.find((state) => jobs.some((job) => job.state === state)) ?? 'failed';
  const results = jobs.map(({ result }) => readResult(result));
  const sum = (name: string): number => results.reduce((total, result) => total + numberOf(result[name]), 0);
  return {
    state: worst === 'interrupted' ? 'failed' : worst,
    files: sum('filesRestored') + sum('filesUpdated'),
    removed: sum('filesRemoved'),
    problems: jobs.reduce((total, { troubleCount }) => total + troubleCount, 0),
    undos: results.flatMap(undosOf),
    error: jobs.find(({ error }) => error !== null)?.error ?? null,
  };
}

export interface UndoOutcome {
  /** Files that had been edited since. */
  readonly keptAsCopies: number;
  readonly problems: number;
  readonly hasFailed: boolean;
  /** Why, where it failed. */
  readonly error: Job['error'];
}

export function undoOutcome(jobs: readonly Job[]): UndoOutcome {
  const results = jobs.map(({ result }) => readResult(result));
  return {
    keptAsCopies: results.reduce(
      (total, { copied, stayed }) => total + numberOf(copied) + numberOf(stayed),
      0,
    ),
    problems: jobs.reduce((total, { troubleCount }) => total + troubleCount, 0),
    hasFailed: jobs.some(({ state }) => state !== 'done' && state !== 'doneExcept'),
    error: jobs.find(({ error }) => error !== null)?.error ?? null,
  };
}

/** What was asked for by the job that an undo is of; empty where it is not known any more. */
export function asksOf(undoId: string, jobs: readonly Job[]): readonly RestoreAsk[] {
  const job = jobs.find(
    ({ kind, result }) =>
      kind === 'restore' && undosOf(readResult(result)).some((one) => one.undoId === undoId),
  );
  if (job === undefined || typeof job.request !== 'object' || job.request === null) return [];
  const { kind: _kind, ...ask } = job.request as { readonly kind: string };
  return [ask as RestoreAsk];
}

/** One for each part of the disk that was written to. */
function undosOf({ undos }: Readonly<Record<string, unknown>>): UndoRef[] {
  return Array.isArray(undos) ? (undos as UndoRef[]) : [];
}

function readResult(result: unknown): Readonly<Record<string, unknown>> {
  return typeof result === 'object' && result !== null ? (result as Record<string, unknown>) : {};
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
