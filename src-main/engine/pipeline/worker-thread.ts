/**
 * The worker's side of the protocol: runs jobs as they come (several may be under way; each waits only for the core's
 * answers), keeps the thread's codec, cutter and sink. Everything it needs of the machine is handed in.
 */
import { isTidemarkError, TidemarkError, type WireError } from '#base/errors.ts';
import type { BlobCodec, Primitives } from '#format/primitives.ts';
import type { SourceFiles, TargetFiles } from '#files/port.ts';
import type { ZoneOffsets } from '#format/time.ts';
import { BlobSink } from './blob-sink.ts';
import type { JobTypes } from './job-types.ts';
import type {
  BlobType,
  FinishedPack,
  FromWorker,
  JobKind,
  JobMessage,
  ToWorker,
  UnfinishedPack,
  WorkerSettings,
} from './protocol.ts';

/** A thread's end of the channel. */
export interface WorkerChannel {
  post(message: FromWorker, transfer?: readonly ArrayBuffer[]): void;
  onMessage(listener: (message: ToWorker) => void): void;
}

/** A read buffer in the kernels' memory together with the cutter that finds chunks in it. */
export interface ChunkBuffer {
  /** Memory that files are read into; the same for the life of the thread. */
  readonly bytes: Uint8Array;
  /** Forgets what was known of the last chunk; the buffer again. */
  startFile(): Uint8Array;
  /** End of the chunk that starts at `start`, or -1 when `end` bytes are too few to tell. */
  nextCut(start: number, end: number, isEndOfFile: boolean): number;
}

/** What a job may use. */
export interface JobContext {
  readonly settings: WorkerSettings;
  readonly primitives: Primitives;
  readonly codec: BlobCodec;
  /** Opens what is sealed with the settings' source keys. */
  readonly sourceCodec: BlobCodec;
  readonly sink: BlobSink;
  readonly sourceFiles: SourceFiles;
  readonly targetFiles: TargetFiles;
  /** Lends a read buffer to one job at a time. */
  lendChunkBuffer(): Promise<ChunkBuffer>;
  returnChunkBuffer(buffer: ChunkBuffer): void;
  /** Tells the core that so many bytes of files were read, for the progress display; throws job.cancelled when the run is over. */
  reportRead(bytes: number): void;
  /** Zone that stored times are written in. */
  readonly zone: ZoneOffsets;
}

export type JobHandlers = {
  readonly [Kind in JobKind]: (
    input: JobTypes[Kind]['input'],
    context: JobContext,
  ) => Promise<JobTypes[Kind]['output']> | JobTypes[Kind]['output'];
};

export interface WorkerParts {
  readonly primitives: Primitives;
  readonly codec: BlobCodec;
  /** The same where there are no source keys. */
  readonly sourceCodec: BlobCodec;
  readonly sourceFiles: SourceFiles;
  readonly targetFiles: TargetFiles;
  readonly zone: ZoneOffsets;
  /**
   * Read buffers: while one job waits for a claim, the next one reads. All are made before the first job, because
   * growing the kernels' memory would take the ground from under views of it.
   */
  readonly chunkBuffers: readonly ChunkBuffer[];
}

/** Serves jobs from now on. `parts` were made for `settings`. */
export function runWorkerThread(
  channel: WorkerChannel,
  settings: WorkerSettings,
  parts: WorkerParts,
  handlers: JobHandlers,
): void {
  const claims = new Map<number, (isNew: Uint8Array) => void>();
  let nextClaimId = 0;
  const sink = new BlobSink(settings, parts.codec, parts.primitives, {
    claim(blobType: BlobType, ids: Uint8Array) {
      const claimId = nextClaimId++;
      channel.post({ type: 'claim', claimId, blobType, ids });
      return new Promise((resolve) => claims.set(claimId, resolve));
    },
    sendPack(pack: FinishedPack) {
      channel.post({ type: 'pack', pack }, [pack.bytes.buffer]);
    },
  });
  let isCancelled = false;
  const context: JobContext = {
    settings,
    ...parts,
    sink,
    ...lendChunkBuffers(parts.chunkBuffers),
    reportRead(bytes) {
      if (isCancelled) throw new TidemarkError('job.cancelled', {});
      if (bytes > 0) channel.post({ type: 'bytesRead', bytes });
    },
  };

  channel.onMessage((message) => {
    switch (message.type) {
      case 'settings':
      case 'end':
        // The thread's entry sees to these.
        break;
      case 'job':
        void runJob(message);
        break;
      case 'claimReply':
        claims.get(message.claimId)?.(message.isNew);
        claims.delete(message.claimId);
        break;
      case 'cancel':
        isCancelled = true;
        break;
      case 'packDone':
        sink.packDone(message.buffer);
        break;
    }
  });

  async function runJob(job: JobMessage): Promise<void> {
    try {
      const handler = handlers[job.kind] as (input: unknown, context: JobContext) => unknown;
      const output = await handler(job.input, context);
      channel.post(
        { type: 'jobDone', jobId: job.jobId, output },
        job.kind === 'flush' ? buffersOf(output) : [],
      );
    } catch (error) {
      channel.post({ type: 'jobFailed', jobId: job.jobId, error: toWireError(error) });
    }
  }
}

function lendChunkBuffers(
  buffers: readonly ChunkBuffer[],
): Pick<JobContext, 'lendChunkBuffer' | 'returnChunkBuffer'> {
  const free = [...buffers];
  const waiting: ((buffer: ChunkBuffer) => void)[] = [];
  return {
    lendChunkBuffer() {
      const buffer = free.pop();
      return buffer === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(buffer);
    },
    returnChunkBuffer(buffer) {
      const next = waiting.shift();
      if (next !== undefined) next(buffer);
      else free.push(buffer);
    },
  };
}

/** Unfinished packs are handed over, not copied. */
function buffersOf(packs: unknown): ArrayBuffer[] {
  return (packs as readonly UnfinishedPack[]).map((pack) => pack.bytes.buffer);
}

function toWireError(error: unknown): WireError {
  if (isTidemarkError(error)) return error.toWire();
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new TidemarkError('internal.invariantBroken', { what }).toWire();
}
