/** How fast the job under way is and how long it still takes, measured for as long as a page looks at it. */
import { useEffect, useState } from 'react';
import type { JobValue } from '../text/job-titles.ts';
import { addSample, timeLeft, type PaceSample, type TimeLeft } from './time-left.ts';

/** Of this job alone; empty while it does not run. */
export function usePace(job: JobValue | undefined): readonly PaceSample[] {
  const [pace, setPace] = useState<{ id: string; samples: readonly PaceSample[] }>({ id: '', samples: [] });
  const id = job?.id ?? '';
  const bytesDone = job?.progress?.bytesDone ?? 0;
  useEffect(() => {
    setPace((before) => ({
      id,
      samples: addSample(before.id === id ? before.samples : [], { atMs: Date.now(), bytesDone }),
    }));
  }, [id, bytesDone]);
  return job?.state === 'running' && pace.id === job.id ? pace.samples : NONE;
}

const NONE: readonly PaceSample[] = [];

export function useTimeLeft(job: JobValue | undefined): TimeLeft | undefined {
  return timeLeft(usePace(job), job?.progress?.totalBytes ?? null);
}
