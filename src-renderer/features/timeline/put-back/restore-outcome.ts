/** What several jobs of one putting back have done together. Pure. */
import type { WirePath } from '#contract/app/values.ts';
import type { Job, RestoreOutcome, UndoRef } from './restore-store.ts';

const WORST_FIRST = ['failed', 'interrupted', 'cancelled', 'doneExcept', 'done'] as const;

/** @param target as it was asked for; null: where things came from, as the job's result tells */
export function restoreOutcome(jobs: readonly Job[], target: WirePath | null): RestoreOutcome {
  const worst = WORST_FIRST.find((state) => jobs.some((job) => job.state === state)) ?? 'failed';
  const results = jobs.map(({ result }) => readResult(result));
  const sum = (name: string): number => results.reduce((total, result) => total + numberOf(result[name]), 0);
  return {
    state: worst === 'interrupted' ? 'failed' : worst,
    files: sum('filesRestored') + sum('filesUpdated'),
    removed: sum('filesRemoved'),
    problems: jobs.reduce((total, { troubleCount }) => total + troubleCount, 0),
    undos: results.flatMap((result) => undoOf(result, target)),
    error: jobs.find(({ error }) => error !== null)?.error ?? null,
  };
}

export interface UndoOutcome {
  /** Files that had been edited since. */
  readonly keptAsCopies: number;
  readonly problems: number;
  readonly hasFailed: boolean;
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
  };
}

function undoOf(result: Readonly<Record<string, unknown>>, target: WirePath | null): UndoRef[] {
  const { undoId } = result;
  const folder = target ?? (isPath(result['target']) ? result['target'] : undefined);
  return typeof undoId === 'string' && folder !== undefined ? [{ folder, undoId }] : [];
}

function isPath(value: unknown): value is WirePath {
  return typeof value === 'string' || (typeof value === 'object' && value !== null && 'base64' in value);
}

function readResult(result: unknown): Readonly<Record<string, unknown>> {
  return typeof result === 'object' && result !== null ? (result as Record<string, unknown>) : {};
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
