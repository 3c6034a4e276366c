/** The jobs that have run, as far back as their list is kept at hand: asked for once for the whole page, by the band. */
import { useEffect, useMemo } from 'react';
import { create } from 'zustand';
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { WirePath } from '#contract/app/values.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { putBacksIn, type PutBackRun } from './put-backs.ts';

/** Of all of them, the newest. */
const JOBS_LOOKED_AT = 1_000;
/** What the page draws conclusions from. */
const TELLING: readonly string[] = ['backup', 'restore', 'undo'];

export const useRanJobs = create<{ readonly jobs: Mirror['jobs'] }>(() => ({ jobs: [] }));

/** Asks again after every backup and whatever was put back. */
export function useAskRanJobs(): void {
  const { calls } = useCore();
  const mirror = useMirror();
  const ended = mirror?.jobs.find(({ kind, endedAtMs }) => TELLING.includes(kind) && endedAtMs !== null)?.id;
  useEffect(() => {
    const stop = new AbortController();
    calls['jobs.list']({ limit: JOBS_LOOKED_AT, beforeMs: null }, { signal: stop.signal }).then(
      (jobs) => useRanJobs.setState({ jobs }),
      () => undefined,
    );
    return () => stop.abort();
  }, [calls, ended]);
}

/** Among the files in the folder. */
export function usePutBacks(folder: WirePath | undefined): readonly PutBackRun[] {
  const jobs = useRanJobs((state) => state.jobs);
  return useMemo(() => (folder === undefined ? [] : putBacksIn(jobs, folder)), [jobs, folder]);
}
