/** A check after a repair, by the new index, so that what is lost is named by file and version. */
import { Repository } from '#repository/repository.ts';
import { executeCheck, type CheckParts } from './check/execute.ts';
import type { CheckResult } from './check/types.ts';

interface CheckingObserver {
  onProgress?(progress: { readonly stage: 'checking'; readonly done: number; readonly total: number }): void;
}

/** The caller holds the exclusive lock. @throws job.cancelled, storage errors that concern the whole place */
export function checkRepaired(
  { repository, pipeline }: CheckParts,
  observer: CheckingObserver,
  signal: AbortSignal | undefined,
): Promise<CheckResult> {
  const { ports, config, keys, keyId } = repository;
  return executeCheck(
    { repository: new Repository(ports, config, keys, keyId), pipeline },
    { readData: 'none', noLock: true },
    {
      onProgress: ({ stage, done, total }) => {
        if (stage === 'snapshots') observer.onProgress?.({ stage: 'checking', done, total });
      },
    },
    signal,
  );
}
