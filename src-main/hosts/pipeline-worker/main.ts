/** Entry of a pipeline worker thread: waits for its settings, makes the machine's parts for them, serves jobs. */
import { parentPort } from 'node:worker_threads';
import { invariant } from '#base/errors.ts';
import { CHUNK_MAX_BYTES } from '#format/chunker.ts';
import { localZone } from '#format/time.ts';
import { createSourceFiles, createTargetFiles } from '#files/open-files.ts';
import { jobHandlers } from '#pipeline/job-handlers.ts';
import type { ToWorker, WorkerSettings } from '#pipeline/protocol.ts';
import { runWorkerThread, type ChunkBuffer, type WorkerParts } from '#pipeline/worker-thread.ts';
import { createBlobCodec } from '#primitives/blob-codec.ts';
import { createChunkCutter } from '#primitives/chunk-cutter.ts';
import { createKernels, type Kernels } from '#primitives/kernels.ts';
import { createPrimitives } from '#primitives/node-primitives.ts';

/** A whole chunk and one more MiB, so that a read after a long rest is worth its call. */
const CHUNK_BUFFER_BYTES = CHUNK_MAX_BYTES + (1 << 20);
const CHUNK_BUFFERS = 2;

invariant(parentPort !== null, 'the pipeline worker runs outside of a thread');
const port = parentPort;
const kernels = createKernels();

port.on('message', (message: ToWorker) => {
  if (message.type === 'end') process.exit();
});
port.once('message', (first: ToWorker) => {
  if (first.type === 'end') return;
  invariant(first.type === 'settings', 'a worker got a job before its settings');
  runWorkerThread(
    {
      post: (message, transfer) => {
        port.postMessage(message, transfer ?? []);
      },
      onMessage: (listener) => {
        port.on('message', listener);
      },
    },
    first.settings,
    makeParts(first.settings),
    jobHandlers,
  );
});

function makeParts(settings: WorkerSettings): WorkerParts {
  const { keys, sourceKeys, compression, chunkerPolynomial } = settings;
  const codec = createBlobCodec(keys, { compression, verify: true }, kernels);
  return {
    primitives: createPrimitives(kernels),
    codec,
    sourceCodec:
      sourceKeys === undefined ? codec : createBlobCodec(sourceKeys, { compression, verify: true }, kernels),
    sourceFiles: createSourceFiles(),
    targetFiles: createTargetFiles(),
    zone: localZone(),
    chunkBuffers: Array.from({ length: CHUNK_BUFFERS }, () => createChunkBuffer(chunkerPolynomial, kernels)),
  };
}

function createChunkBuffer(polynomial: bigint, shared: Kernels): ChunkBuffer {
  const cutter = createChunkCutter(polynomial, shared);
  const region = cutter.allocate(CHUNK_BUFFER_BYTES);
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
}
