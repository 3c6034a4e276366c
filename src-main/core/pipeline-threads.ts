/**
 * Worker threads for the pipeline. They load their code while the repository is still being opened (`warmUp`), because
 * starting one costs as much as scanning a few thousand files.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { endWorker } from '#pipeline/end-worker.ts';
import type { PipelineHost } from '#operations/pipeline-host.ts';

/** More threads than this only wait for the disk. */
const MAX_WORKERS = 8;

export class PipelineThreads implements PipelineHost {
  readonly workerCount: number;
  readonly #workerUrl: URL;
  readonly #ready: Worker[] = [];

  /** `workerUrl`: the worker's entry, as source or as built. */
  constructor(workerUrl: URL, workerCount = Math.min(availableParallelism(), MAX_WORKERS)) {
    this.#workerUrl = workerUrl;
    this.workerCount = workerCount;
  }

  warmUp(): void {
    while (this.#ready.length < this.workerCount) this.#ready.push(new Worker(this.#workerUrl));
  }

  startWorker(): Worker {
    return this.#ready.shift() ?? new Worker(this.#workerUrl);
  }

  /** Ends threads that were started ahead and never used. */
  async close(): Promise<void> {
    await Promise.all(this.#ready.splice(0).map(endWorker));
  }
}
