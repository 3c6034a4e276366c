/**
 * The core's side of the pipeline: a fixed number of worker threads, jobs handed to the least busy one, answers to
 * claims, packs passed on to be made durable. Bounded: a worker holds at most JOBS_PER_WORKER jobs (one under way, one
 * ready), others wait here; a caller that wants bounded memory begins at most `slotCount` jobs at a time, counted from
 * when it begins them: what it loads first for a job is memory too.
 */
import type { Worker } from 'node:worker_threads';
import { fromWireError, TidemarkError } from '#base/errors.ts';
import { endWorker } from './end-worker.ts';
import type { JobTypes } from './job-types.ts';
import type {
  BlobType,
  FinishedPack,
  FromWorker,
  JobKind,
  ToWorker,
  UnfinishedPack,
  WorkerSettings,
} from './protocol.ts';

/** One job runs while the next one already waits in the thread, so that no thread waits for the core. */
const JOBS_PER_WORKER = 2;

export interface PoolHost {
  /** Starts one thread, or hands out one that was started ahead; it waits for its settings. */
  startWorker(): Worker;
  onBytesRead(bytes: number): void;
  /** One byte per id: 1 = new and now claimed by the asking worker. Called between other work; must be quick. */
  claim(blobType: BlobType, ids: Uint8Array): Uint8Array;
  /** Makes a pack durable. */
  storePack(pack: FinishedPack): Promise<void>;
}

interface PendingJob {
  readonly kind: JobKind;
  readonly input: unknown;
  readonly transfer: readonly ArrayBuffer[];
  resolve(output: unknown): void;
  reject(error: unknown): void;
}

interface PoolWorker {
  readonly thread: Worker;
  readonly jobs: Map<number, PendingJob>;
}

export class PipelinePool {
  readonly #host: PoolHost;
  readonly #workers: PoolWorker[];
  readonly #queue: PendingJob[] = [];
  readonly #uploads = new Set<Promise<void>>();
  #nextJobId = 0;
  /** The first failure; nothing goes on after it. */
  #failure: Error | undefined;
  #isClosing = false;

  /** `settings`: of all workers, or by a worker's number from 0. */
  constructor(
    host: PoolHost,
    settings: WorkerSettings | ((worker: number) => WorkerSettings),
    workerCount: number,
  ) {
    this.#host = host;
    const settingsOf = typeof settings === 'function' ? settings : (): WorkerSettings => settings;
    this.#workers = Array.from({ length: workerCount }, (_, worker) => this.#start(settingsOf(worker)));
  }

  get workerCount(): number {
    return this.#workers.length;
  }

  /** Jobs that keep every worker supplied; what is started beyond waits here. */
  get slotCount(): number {
    return this.#workers.length * JOBS_PER_WORKER;
  }

  /** Runs a job on some worker. @throws what the job threw; internal.invariantBroken when the thread died */
  run<Kind extends JobKind>(
    kind: Kind,
    input: JobTypes[Kind]['input'],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<JobTypes[Kind]['output']> {
    return new Promise((resolve, reject) => {
      const job: PendingJob = {
        kind,
        input,
        transfer,
        resolve: resolve as (output: unknown) => void,
        reject,
      };
      if (this.#failure !== undefined) return reject(this.#failure);
      const worker = this.#leastBusy();
      if (worker === undefined) this.#queue.push(job);
      else this.#give(worker, job);
    });
  }

  /** Jobs under way end soon with job.cancelled; the open packs stay and can be flushed. */
  cancelJobs(): void {
    for (const worker of this.#workers) this.#post(worker, { type: 'cancel' });
  }

  /** The open packs of all workers; call when no job is under way. */
  async flush(): Promise<UnfinishedPack[]> {
    return (await this.runOnEach('flush', undefined)).flat();
  }

  /** Runs a job once on every worker. @throws as `run` */
  runOnEach<Kind extends JobKind>(
    kind: Kind,
    input: JobTypes[Kind]['input'],
  ): Promise<JobTypes[Kind]['output'][]> {
    return Promise.all(
      this.#workers.map(
        (worker) =>
          new Promise<JobTypes[Kind]['output']>((resolve, reject) => {
            if (this.#failure !== undefined) return reject(this.#failure);
            this.#give(worker, { kind, input, transfer: [], resolve: resolve as never, reject });
          }),
      ),
    );
  }

  /** Resolves when every pack handed up so far is durable. @throws the first failure */
  async uploadsDone(): Promise<void> {
    while (this.#uploads.size > 0) await Promise.allSettled(this.#uploads);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Ends the threads; jobs under way are rejected with job.cancelled. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#fail(new TidemarkError('job.cancelled', {}));
    await Promise.allSettled(this.#uploads);
    await Promise.all(this.#workers.map((worker) => endWorker(worker.thread)));
  }

  #start(settings: WorkerSettings): PoolWorker {
    const worker: PoolWorker = { thread: this.#host.startWorker(), jobs: new Map() };
    this.#post(worker, { type: 'settings', settings });
    worker.thread.on('message', (message: FromWorker) => this.#receive(worker, message));
    worker.thread.on('error', (error) => this.#fail(error));
    worker.thread.on('exit', () => {
      if (!this.#isClosing)
        this.#fail(new TidemarkError('internal.invariantBroken', { what: 'a pipeline worker ended' }));
    });
    return worker;
  }

  #receive(worker: PoolWorker, message: FromWorker): void {
    switch (message.type) {
      case 'bytesRead':
        this.#host.onBytesRead(message.bytes);
        break;
      case 'jobDone':
        this.#finish(worker, message.jobId)?.resolve(message.output);
        break;
      case 'jobFailed':
        this.#finish(worker, message.jobId)?.reject(fromWireError(message.error));
        break;
      case 'claim':
        if (this.#failure !== undefined) break;
        this.#post(worker, {
          type: 'claimReply',
          claimId: message.claimId,
          isNew: this.#host.claim(message.blobType, message.ids),
        });
        break;
      case 'pack':
        this.#upload(worker, message.pack);
        break;
    }
  }

  #upload(worker: PoolWorker, pack: FinishedPack): void {
    const { buffer } = pack.bytes;
    const upload = this.#host.storePack(pack).then(
      () => {
        this.#post(worker, { type: 'packDone', buffer }, [buffer]);
      },
      (error: unknown) => {
        this.#fail(error);
      },
    );
    this.#uploads.add(upload);
    void upload.finally(() => this.#uploads.delete(upload));
  }

  #leastBusy(): PoolWorker | undefined {
    const worker = this.#workers.reduce((least, next) => (next.jobs.size < least.jobs.size ? next : least));
    return worker.jobs.size < JOBS_PER_WORKER ? worker : undefined;
  }

  #give(worker: PoolWorker, job: PendingJob): void {
    const jobId = this.#nextJobId++;
    worker.jobs.set(jobId, job);
    this.#post(worker, { type: 'job', jobId, kind: job.kind, input: job.input }, job.transfer);
  }

  #finish(worker: PoolWorker, jobId: number): PendingJob | undefined {
    const job = worker.jobs.get(jobId);
    worker.jobs.delete(jobId);
    const next = this.#queue.shift();
    if (next !== undefined) this.#give(worker, next);
    return job;
  }

  /** After the first failure nothing goes on: what waits is rejected with it. */
  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    const failure = error instanceof Error ? error : new Error(String(error));
    this.#failure = failure;
    const jobs = [...this.#queue.splice(0), ...this.#workers.flatMap((worker) => [...worker.jobs.values()])];
    for (const worker of this.#workers) worker.jobs.clear();
    for (const job of jobs) job.reject(failure);
  }

  #post(worker: PoolWorker, message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    worker.thread.postMessage(message, transfer);
  }
}
