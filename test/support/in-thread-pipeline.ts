/**
 * A pipeline whose worker runs in the test's own thread, with the product's jobs and the same messages, copied as
 * between threads. For tests that run hundreds of operations, where starting threads would take all the time.
 */
import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { utcZone } from '#format/time.ts';
import { createSourceFiles, createTargetFiles } from '#files/open-files.ts';
import type { PipelineHost } from '#operations/pipeline-host.ts';
import { jobHandlers } from '#pipeline/job-handlers.ts';
import type { FromWorker, ToWorker } from '#pipeline/protocol.ts';
import { runWorkerThread } from '#pipeline/worker-thread.ts';
import { createBlobCodec } from '#primitives/blob-codec.ts';
import { createPrimitives } from '#primitives/node-primitives.ts';

export const inThreadPipeline: PipelineHost = {
  workerCount: 2,
  startWorker: () => new InThreadWorker() as unknown as Worker,
};

class InThreadWorker extends EventEmitter {
  #listener: ((message: ToWorker) => void) | undefined;
  #isTerminated = false;

  postMessage(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    const copy = structuredClone(message, { transfer: [...transfer] });
    setImmediate(() => this.#receive(copy));
  }

  async terminate(): Promise<number> {
    this.#isTerminated = true;
    return 0;
  }

  #receive(message: ToWorker): void {
    if (this.#isTerminated) return;
    if (message.type !== 'settings') {
      this.#listener?.(message);
      return;
    }
    const { keys, compression } = message.settings;
    const channel = {
      post: (reply: FromWorker, transfer: readonly ArrayBuffer[] = []) => {
        const copy = structuredClone(reply, { transfer: [...transfer] });
        setImmediate(() => !this.#isTerminated && this.emit('message', copy));
      },
      onMessage: (listener: (message: ToWorker) => void) => {
        this.#listener = listener;
      },
    };
    const parts = {
      primitives: createPrimitives(),
      codec: createBlobCodec(keys, { compression, verify: true }),
      sourceFiles: createSourceFiles(),
      targetFiles: createTargetFiles(),
      zone: utcZone,
      // No job that cuts files runs here.
      chunkBuffers: [],
    };
    runWorkerThread(channel, message.settings, parts, jobHandlers);
  }
}
