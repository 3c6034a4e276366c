/**
 * What was put back, or taken back, among the files in view, as the jobs tell: why many files changed at a point, where
 * nothing has gone wrong. Pure.
 */
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { WirePath } from '#contract/app/values.ts';
import { takenBackOf, restoreOutcome } from '../../parts/restore-outcome.ts';
import { isWithin } from './wire-path.ts';

type Job = Mirror['jobs'][number];

export interface PutBackRun {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Whose contents are others since, or which are there again. */
  readonly files: number;
  /** It was put back to where it came from and is so still: no copy, not taken back, nor the taking back. */
  readonly stands: boolean;
}

/** Those that reached into the folder, or came from above it. */
export function putBacksIn(jobs: readonly Job[], folder: WirePath): readonly PutBackRun[] {
  return jobs.flatMap((job): PutBackRun[] => {
    const { startedAtMs, endedAtMs } = job;
    if (startedAtMs === null || endedAtMs === null || !reaches(job, folder)) return [];
    if (job.kind === 'undo') {
      const { returned, removed } = asRecord(job.result);
      return [{ startedAtMs, endedAtMs, files: numberOf(returned) + numberOf(removed), stands: false }];
    }
    const { files, undos } = restoreOutcome([job]);
    const isTakenBack = undos.length > 0 && takenBackOf(undos, jobs).open.length === 0;
    const isCopy = asRecord(job.request)['target'] !== null;
    return files === 0 ? [] : [{ startedAtMs, endedAtMs, files, stands: !isCopy && !isTakenBack }];
  });
}

/** How many files a point has from what was put back since the one before it. */
export function filesPutBack(runs: readonly PutBackRun[], afterMs: number, untilMs: number): number {
  return runs
    .filter(({ startedAtMs, endedAtMs }) => endedAtMs > afterMs && startedAtMs <= untilMs)
    .reduce((sum, { files }) => sum + files, 0);
}

function reaches({ kind, request }: Job, folder: WirePath): boolean {
  const { target, paths, folder: undone } = asRecord(request);
  const isNear = (path: WirePath): boolean => isWithin(path, folder) || isWithin(folder, path);
  if (kind === 'undo') return isNear(undone as WirePath);
  if (kind !== 'restore') return false;
  if (target !== null) return isNear(target as WirePath);
  const chosen = paths as readonly WirePath[];
  return chosen.length === 0 || chosen.some(isNear);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
