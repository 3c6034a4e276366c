/** The time left of the job under way, measured for as long as this page looks at it. */
import { useEffect, useState } from 'react';
import type { JobValue } from '../../text/job-titles.ts';
import { addSample, timeLeft, type PaceSample, type TimeLeft } from './time-left.ts';

export function useTimeLeft(job: JobValue | undefined): TimeLeft | undefined {
  const [pace, setPace] = useState<{ id: string; samples: readonly PaceSample[] }>({ id: '', samples: [] });
  const id = job?.id ?? '';
  const bytesDone = job?.progress?.bytesDone ?? 0;
  useEffect(() => {
    setPace((before) => ({
      id,
      samples: addSample(before.id === id ? before.samples : [], { atMs: Date.now(), bytesDone }),
    }));
  }, [id, bytesDone]);
  if (job?.state !== 'running' || pace.id !== job.id) return undefined;
  return timeLeft(pace.samples, job.progress?.totalBytes ?? null);
}
