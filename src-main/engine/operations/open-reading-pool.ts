/** A pipeline for jobs that only read: nothing is claimed, no pack is ever made. */
import { invariant } from '#base/errors.ts';
import { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { Repository } from '#repository/repository.ts';
import type { PipelineHost } from './pipeline-host.ts';

/** `onBytesRead` is called with what jobs report. Close it in the end. */
export function openReadingPool(
  repository: Repository,
  pipeline: PipelineHost,
  onBytesRead: (bytes: number) => void = () => undefined,
): PipelinePool {
  const refuse = (): never => {
    invariant(false, 'a job that only reads wants to write');
  };
  return new PipelinePool(
    { startWorker: () => pipeline.startWorker(), claim: refuse, storePack: refuse, onBytesRead },
    {
      keys: repository.keys,
      repositoryVersion: repository.config.version,
      chunkerPolynomial: repository.config.chunkerPolynomial,
      compression: 'auto',
      packSizeBytes: 0,
      workerCount: pipeline.workerCount,
    },
    pipeline.workerCount,
  );
}
