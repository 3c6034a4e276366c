/**
 * The messages between the core and a pipeline worker. Jobs go down and are answered once; while a job runs, the
 * worker may ask the core which blobs are new (`claim`) and hands finished packs up (`pack`). Only ids, texts
 * and finished packs cross threads, in batches: a message costs more than the work on one small file.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { WireError } from '#base/errors.ts';
import type { CryptoKeys } from '#format/primitives.ts';
import type { JobTypes } from './job-types.ts';

export type BlobType = 'data' | 'tree';

export type Compression = 'auto' | 'off' | 'max';

/** What a worker needs to know of the repository; fixed for its life. */
export interface WorkerSettings {
  readonly keys: CryptoKeys;
  /** For repacking: what the blobs are sealed with that come in; absent = `keys`. */
  readonly sourceKeys?: CryptoKeys | undefined;
  readonly repositoryVersion: 1 | 2;
  readonly chunkerPolynomial: bigint;
  readonly compression: Compression;
  /** A pack is closed when its blobs reach this many bytes. */
  readonly packSizeBytes: number;
  /** The same for the thread's first pack of file contents, where that is another size. */
  readonly firstPackBytes?: number | undefined;
  /** Packs of a thread that are sent and not yet durable, before sealing waits; absent = 1: the disk is faster than the sealing. */
  readonly packsUnderWay?: number | undefined;
  /** How many threads share the work. */
  readonly workerCount: number;
}

export type JobKind = keyof JobTypes;

export interface JobMessage {
  readonly type: 'job';
  readonly jobId: number;
  readonly kind: JobKind;
  readonly input: unknown;
}

export interface ClaimReplyMessage {
  readonly type: 'claimReply';
  readonly claimId: number;
  /** One byte per id asked: 1 = the worker stores it, 0 = it is stored or being stored already. */
  readonly isNew: Uint8Array;
}

/** The pack is durable (or given up); its buffer comes back for the next pack. */
export interface PackDoneMessage {
  readonly type: 'packDone';
  readonly buffer: ArrayBuffer | undefined;
}

/** First message to a thread. */
export interface SettingsMessage {
  readonly type: 'settings';
  readonly settings: WorkerSettings;
}

/** Jobs under way end with job.cancelled at their next safe point. */
export interface CancelMessage {
  readonly type: 'cancel';
}

/** Last message to a thread, at any time: it ends by itself. See `endWorker`. */
export interface EndMessage {
  readonly type: 'end';
}

export type ToWorker =
  SettingsMessage | JobMessage | ClaimReplyMessage | PackDoneMessage | CancelMessage | EndMessage;

export interface JobDoneMessage {
  readonly type: 'jobDone';
  readonly jobId: number;
  readonly output: unknown;
}

export interface JobFailedMessage {
  readonly type: 'jobFailed';
  readonly jobId: number;
  readonly error: WireError;
}

export interface ClaimMessage {
  readonly type: 'claim';
  readonly claimId: number;
  readonly blobType: BlobType;
  /** 32 bytes each. */
  readonly ids: Uint8Array;
}

export interface PackMessage {
  readonly type: 'pack';
  readonly pack: FinishedPack;
}

/** For the progress display. */
export interface BytesReadMessage {
  readonly type: 'bytesRead';
  readonly bytes: number;
}

export type FromWorker = BytesReadMessage | JobDoneMessage | JobFailedMessage | ClaimMessage | PackMessage;

/** Blobs of one kind, sealed one after another from the start of `bytes`. */
export interface PackContents {
  readonly blobType: BlobType;
  /** 32 bytes per blob, in order. */
  readonly ids: Uint8Array;
  /** Three numbers per blob: offset, sealed length, uncompressed length (0 when stored without compression). */
  readonly places: Uint32Array;
}

export interface FinishedPack extends PackContents {
  /** SHA-256 of the file. */
  readonly packId: Uint8Array;
  /** Blobs, header and header length. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** An open pack given up at the end of a run, to be merged with others: no header yet. */
export interface UnfinishedPack extends PackContents {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A path as bytes and what a person is told about it. */
export interface PathProblem {
  readonly path: ByteString;
  /** System error code, e.g. EACCES, or a TidemarkError code. */
  readonly code: string;
  readonly during: 'scan' | 'read';
}
