/**
 * A pipeline for jobs that store blobs in a repository that is written to: packs go through the write scope, which keeps
 * their order. Who uses it decides which blobs are to be stored.
 */
import { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { BlobType, WorkerSettings } from '#pipeline/protocol.ts';
import type { Repository } from '#repository/repository.ts';
import type { WriteScope } from '#repository/write-scope.ts';
import type { PipelineHost } from './pipeline-host.ts';

/** restic's default target size of a pack. */
const PACK_SIZE_BYTES = 16 << 20;

export interface WritingPool {
  /** Close it in the end. */
  readonly pool: PipelinePool;
  /** Call when no job is under way: all blobs become durable, then an index names them. */
  finish(): Promise<void>;
}

export interface WritingPoolOptions {
  /** What differs from the usual. */
  readonly settings?: Pick<WorkerSettings, 'sourceKeys'> & Partial<Pick<WorkerSettings, 'compression'>>;
  /** Called with what jobs report. */
  readonly onBytesRead?: (bytes: number) => void;
}

/** `claim` answers one byte per id: 1 = store it. */
export function openWritingPool(
  repository: Repository,
  pipeline: PipelineHost,
  scope: WriteScope,
  claim: (type: BlobType, ids: Uint8Array) => Uint8Array,
  options: WritingPoolOptions = {},
): WritingPool {
  const pool = new PipelinePool(
    {
      startWorker: () => pipeline.startWorker(),
      claim,
      storePack: (pack) => scope.storePack(pack),
      onBytesRead: (bytes) => options.onBytesRead?.(bytes),
    },
    { ...writingSettings(repository, pipeline.workerCount), ...options.settings },
    pipeline.workerCount,
  );
  return {
    pool,
    finish: async () => {
      const leftovers = await pool.flush();
      await scope.finish(leftovers, PACK_SIZE_BYTES, pool.uploadsDone());
    },
  };
}

/** What whoever seals blobs of this repository needs to know of it. */
export function writingSettings(repository: Repository, workerCount: number): WorkerSettings {
  return {
    keys: repository.keys,
    repositoryVersion: repository.config.version,
    chunkerPolynomial: repository.config.chunkerPolynomial,
    compression: 'auto',
    packSizeBytes: PACK_SIZE_BYTES,
    workerCount,
  };
}
