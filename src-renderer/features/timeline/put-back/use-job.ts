/** One job from a sheet: started, followed, its end told. For what no undo goes with. */
import { useState } from 'react';
import { useCore } from '../../../core-link/use-core.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import type { JobValue } from '../../../text/job-titles.ts';
import type { Asks } from '../wire-types.ts';
import type { RestoreProgress } from './restore-store.ts';

export interface SheetJob {
  readonly isRunning: boolean;
  readonly progress: RestoreProgress | null;
  /** Why it did not go. */
  readonly refusal: string | undefined;
  /** @returns the job where it is done; undefined where it did not go, which `refusal` tells */
  start(request: Asks<'jobs.start'>): Promise<JobValue | undefined>;
  stop(): void;
}

export function useJob(): SheetJob {
  const say = useCoreSentences();
  const { calls } = useCore();
  const [jobId, setJobId] = useState<string>();
  const [progress, setProgress] = useState<RestoreProgress | null>(null);
  const [refusal, setRefusal] = useState<string>();
  const start = async (request: Asks<'jobs.start'>): Promise<JobValue | undefined> => {
    setRefusal(undefined);
    setProgress(null);
    try {
      const id = await calls['jobs.start'](request);
      setJobId(id);
      const job = await calls['jobs.wait'](
        { jobId: id },
        { onProgress: (news) => setProgress(news.progress) },
      );
      if (job.state === 'done' || job.state === 'doneExcept') return job;
      if (job.error !== null) setRefusal(say.wireError(job.error));
    } catch (error) {
      setRefusal(say.error(error));
    } finally {
      setJobId(undefined);
    }
    return undefined;
  };
  return {
    isRunning: jobId !== undefined,
    progress,
    refusal,
    start,
    stop: () => {
      if (jobId !== undefined) void calls['jobs.cancel']({ jobId }).catch(() => undefined);
    },
  };
}
