/**
 * A pipeline whose worker runs in the test's own thread, with the product's jobs and the same messages, copied as
 * between threads. For tests that run hundreds of operations, where starting threads would take all the time.
 */
import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { CHUNK_MAX_BYTES } from '#format/chunker.ts';
import { utcZone } from '#format/time.ts';
import { createSourceFiles, createTargetFiles } from '#files/open-files.ts';
import type { SourceFiles, TargetFiles } from '#files/port.ts';
import type { PipelineHost } from '#operations/pipeline-host.ts';
import { jobHandlers } from '#pipeline/job-handlers.ts';
import type { FromWorker, ToWorker } from '#pipeline/protocol.ts';
import { runWorkerThread, type ChunkBuffer } from '#pipeline/worker-thread.ts';
import { createBlobCodec } from '#primitives/blob-codec.ts';
import { createChunkCutter } from '#primitives/chunk-cutter.ts';
import { createKernels } from '#primitives/kernels.ts';
import { createPrimitives } from '#primitives/node-primitives.ts';

export const inThreadPipeline: PipelineHost = {
  workerCount: 2,
  startWorker: () => new InThreadWorker(false) as unknown as Worker,
};

/** Writing to files of the test's own making. */
export function inThreadPipelineOn(makeTargetFiles: () => TargetFiles): PipelineHost {
  return {
    workerCount: 2,
    startWorker: () => new InThreadWorker(false, makeTargetFiles) as unknown as Worker,
  };
}

/** For backups too: with buffers to cut files in. */
export const inThreadBackupPipeline: PipelineHost = {
  workerCount: 2,
  startWorker: () => new InThreadWorker(true) as unknown as Worker,
};

/** For backups, with another way of sealing blobs. */
export function inThreadBackupPipelineSealing(createCodec: typeof createBlobCodec): PipelineHost {
  return {
    workerCount: 2,
    startWorker: () => new InThreadWorker(true, createTargetFiles, createCodec) as unknown as Worker,
  };
}

/** For backups, reading files of the test's own making. */
export function inThreadBackupPipelineReading(makeSourceFiles: () => SourceFiles): PipelineHost {
  return {
    workerCount: 2,
    startWorker: () =>
      new InThreadWorker(true, createTargetFiles, createBlobCodec, makeSourceFiles) as unknown as Worker,
  };
}

class InThreadWorker extends EventEmitter {
  #listener: ((message: ToWorker) => void) | undefined;
  #hasEnded = false;
  readonly #cutsFiles: boolean;
  readonly #makeTargetFiles: () => TargetFiles;
  readonly #createCodec: typeof createBlobCodec;
  readonly #makeSourceFiles: () => SourceFiles;

  constructor(
    cutsFiles: boolean,
    makeTargetFiles: () => TargetFiles = createTargetFiles,
    createCodec = createBlobCodec,
    makeSourceFiles: () => SourceFiles = createSourceFiles,
  ) {
    super();
    this.#cutsFiles = cutsFiles;
    this.#makeTargetFiles = makeTargetFiles;
    this.#createCodec = createCodec;
    this.#makeSourceFiles = makeSourceFiles;
  }

  postMessage(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    const copy = structuredClone(message, { transfer: [...transfer] });
    setImmediate(() => this.#receive(copy));
  }

  get threadId(): number {
    return this.#hasEnded ? -1 : 1;
  }

  #receive(message: ToWorker): void {
    if (this.#hasEnded) return;
    if (message.type === 'end') {
      this.#hasEnded = true;
      this.emit('exit', 0);
      return;
    }
    if (message.type !== 'settings') {
      this.#listener?.(message);
      return;
    }
    const { keys, sourceKeys = keys, compression, chunkerPolynomial } = message.settings;
    const channel = {
      post: (reply: FromWorker, transfer: readonly ArrayBuffer[] = []) => {
        const copy = structuredClone(reply, { transfer: [...transfer] });
        setImmediate(() => !this.#hasEnded && this.emit('message', copy));
      },
      onMessage: (listener: (message: ToWorker) => void) => {
        this.#listener = listener;
      },
    };
    const parts = {
      primitives: createPrimitives(),
      codec: this.#createCodec(keys, { compression, verify: true }),
      sourceCodec: this.#createCodec(sourceKeys, { compression, verify: true }),
      sourceFiles: this.#makeSourceFiles(),
      targetFiles: this.#makeTargetFiles(),
      zone: utcZone,
      chunkBuffers: this.#cutsFiles ? makeChunkBuffers(chunkerPolynomial) : [],
    };
    runWorkerThread(channel, message.settings, parts, jobHandlers);
  }
}

/** Two, as in the product's threads: one job may read while another waits. */
function makeChunkBuffers(polynomial: bigint): ChunkBuffer[] {
  const kernels = createKernels();
  return [0, 1].map(() => {
    const cutter = createChunkCutter(polynomial, kernels);
    const region = cutter.allocate(CHUNK_MAX_BYTES + (1 << 20));
    return {
      get bytes() {
        return region.bytes();
      },
      startFile() {
        cutter.reset();
        return region.bytes();
      },
      nextCut: (start, end, isEndOfFile) => cutter.nextCut(region, start, end, isEndOfFile),
    };
  });
}
