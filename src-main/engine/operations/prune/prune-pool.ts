/** The worker threads of a prune, and where the packs go that they make. A pool that failed is replaced by a new one. */
import { ID_BYTES } from '#base/ids.ts';
import { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { Repository } from '#repository/repository.ts';
import type { PipelineHost } from '../pipeline-host.ts';
import { NewPacks } from './new-packs.ts';
import type { PruneRequest } from './types.ts';

export class PrunePool {
  readonly newPacks: NewPacks;
  readonly #repository: Repository;
  readonly #pipeline: PipelineHost;
  readonly #request: PruneRequest;
  #pool: PipelinePool;
  #isClosed = false;

  constructor(
    repository: Repository,
    pipeline: PipelineHost,
    request: PruneRequest,
    assertHeld: () => Promise<void>,
  ) {
    this.newPacks = new NewPacks(repository, assertHeld);
    this.#repository = repository;
    this.#pipeline = pipeline;
    this.#request = request;
    this.#pool = this.#open();
  }

  get pool(): PipelinePool {
    return this.#pool;
  }

  /** Packs under way are durable or given up when it resolves; what the workers had open is gone. */
  async renew(): Promise<void> {
    await this.#pool.close();
    if (!this.#isClosed) this.#pool = this.#open();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pool.close();
  }

  #open(): PipelinePool {
    const { keys, config } = this.#repository;
    const { workerCount } = this.#pipeline;
    return new PipelinePool(
      {
        startWorker: () => this.#pipeline.startWorker(),
        // The plan has chosen which places stay: each is sent once and wanted.
        claim: (_type, ids) => new Uint8Array(ids.length / ID_BYTES).fill(1),
        storePack: (pack) => this.newPacks.store(pack),
        onBytesRead: () => undefined,
      },
      {
        keys,
        repositoryVersion: config.version,
        chunkerPolynomial: config.chunkerPolynomial,
        compression: this.#request.compression,
        packSizeBytes: this.#request.packSizeBytes,
        workerCount,
      },
      workerCount,
    );
  }
}
