/** What operations need of their host to get worker threads; the host may have started them ahead. */
import type { Worker } from 'node:worker_threads';

export interface PipelineHost {
  /** Threads to use: one per core, at most MAX_PIPELINE_WORKERS. */
  readonly workerCount: number;
  startWorker(): Worker;
}
