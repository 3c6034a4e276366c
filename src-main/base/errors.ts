/**
 * The one error type of the core. A code says what happened (and is API), `data` carries the facts for the
 * sentence that a person reads, `retry` says whether trying again can help. Messages are for the log only: nobody
 * branches on them. User text and exit codes are keyed by code in `contract/error-texts.ts`.
 */

/** What each code carries. JSON-safe values only; paths are display text, never secrets. */
export interface ErrorData {
  'repository.notFound': { location: string };
  'repository.alreadyExists': { location: string };
  'repository.versionUnsupported': { version: number };
  'repository.configInvalid': { reason: string };
  'repository.wrongPassword': { location: string };
  'repository.noPassword': Record<string, never>;
  /** Neither typed in this session nor given by the keychain; `reason`: why not, as a word. */
  'repository.secretNeeded': { location: string; reason: string };
  'repository.locked': {
    hostname: string;
    username: string;
    pid: number;
    /** RFC 3339. */
    since: string;
    exclusive: boolean;
    stale: boolean;
    lockId: string;
  };
  'repository.lockLost': { reason: string };
  'repository.keyInUse': { keyId: string };
  'repository.keyInvalid': { keyId: string; reason: string };
  'repository.tooManyKeys': { keyCount: number; most: number };
  /** No other key that a person keeps would be left. */
  'repository.lastRecoveryKey': { keyId: string };
  'repository.ambiguousId': { prefix: string; kind: string };
  'repository.objectNotFound': { id: string; kind: string };
  'integrity.fileCorrupt': { kind: string; id: string; reason: string };
  'integrity.packCorrupt': { packId: string; reason: string };
  'integrity.blobMissing': { blobId: string; kind: string };
  'integrity.blobCorrupt': { blobId: string; kind: string; packId: string; reason: string };
  'integrity.indexCorrupt': { indexId: string; reason: string };
  'integrity.treeCorrupt': { treeId: string; reason: string };
  'integrity.treeForeign': { treeId: string; path: string };
  /** Snapshots need blobs that cannot be had; who would remove something refuses. Lists are cut, counts are not. */
  'integrity.incomplete': {
    lostBlobs: number;
    /** The first of them, for the log. */
    example: string;
    snapshotIds: readonly string[];
    /** Display text. */
    paths: readonly string[];
    pathCount: number;
  };
  'integrity.memoryFault': { blobId: string; reason: string };
  'storage.objectMissing': { kind: string; name: string };
  'storage.alreadyExists': { kind: string; name: string };
  'storage.unreachable': { location: string; reason: string };
  /** What a place behind a network was told of the one who asks, it does not accept. */
  'storage.wrongCredentials': { location: string; reason: string };
  /** A server cannot prove who it is. */
  'storage.certificateUntrusted': { location: string; reason: string };
  'storage.programMissing': { location: string; program: string };
  /** A server refuses what is dated so differently from its own time. `offMs`: how far we are ahead; null: unknown. */
  'storage.clockOff': { location: string; offMs: number | null };
  /** The bucket is not where it was asked for; `region`: where it is, null when the server does not say. */
  'storage.wrongRegion': { location: string; region: string | null };
  /** Nobody has yet vouched for the server's key. */
  'storage.hostKeyUnknown': { location: string; fingerprint: string };
  /** `known`: fingerprints of the keys that were trusted. Revoked: the key shown is named as one that was stolen. */
  'storage.hostKeyChanged': {
    location: string;
    fingerprint: string;
    known: readonly string[];
    isRevoked: boolean;
  };
  'storage.driveGone': { location: string };
  'storage.wrongDrive': { location: string; expectedId: string; foundId: string };
  'storage.timeout': { location: string; operation: string };
  'storage.accessDenied': { location: string; operation: string };
  /** A place that keeps what it has: append-only, or for now. `keptUntil`: RFC 3339; null: it does not say. */
  'storage.removalRefused': { location: string; keptUntil: string | null };
  'storage.readOnly': { location: string };
  'storage.full': { location: string; outOfInodes: boolean };
  'storage.rangeInvalid': { kind: string; name: string; offset: number; length: number };
  /** The place said that it had stored a file, and has not. */
  'storage.notKept': { location: string; kind: string; name: string };
  /** It lists files as they were some time ago, so what is not in the list may be there all the same. */
  'storage.listBehind': { location: string };
  'storage.ioFailed': { location: string; operation: string; reason: string };
  'files.sourceMissing': { path: string };
  'files.sourceEmpty': { path: string };
  'files.nothingToSave': Record<string, never>;
  'files.unreadable': { path: string; reason: string };
  'files.changedWhileReading': { path: string };
  'files.targetNotWritable': { path: string; reason: string };
  'files.targetNotEmpty': { path: string };
  /** What was to be made is there already. */
  'files.targetExists': { path: string };
  'files.noSpace': { path: string };
  'files.notEnoughRoom': { path: string; neededBytes: number; freeBytes: number };
  /** Nobody holds a button for as long as that takes to get ready. */
  'files.tooMuchToDrag': { bytes: number; mostBytes: number };
  /** A kind of file that is run by opening it. Display text, as below. */
  'files.wouldRun': { name: string };
  /** No program of the system took it; or this host has no way to ask one. */
  'files.notOpened': { name: string };
  'files.pathNotInSnapshot': { path: string; snapshotId: string };
  /** Nothing may be removed because of its age. Both RFC 3339; `witness`: what `now` disagrees with. */
  'retention.clockImplausible': {
    kind: 'behindLastSeen' | 'behindNewestPoint' | 'farAhead';
    now: string;
    witness: string;
  };
  'job.cancelled': Record<string, never>;
  /** The state of the profile in `folder`. `lastGoodAt`: of the copy that can be put in its place, RFC 3339; null: none. */
  'state.fileCorrupt': { folder: string; reason: string; lastGoodAt: string | null };
  'state.schemaTooNew': { folder: string; schema: number; newestKnown: number };
  'state.profileInUse': { folder: string };
  /** Tidemark's own files, not those of a place. */
  'state.diskFailed': {
    folder: string;
    trouble: 'full' | 'readOnly' | 'accessDenied' | 'other';
    reason: string;
  };
  'state.entryInvalid': { table: string; entry: string; reason: string };
  /** A command that a person put before or after a backup. `output`: the last lines of what it said. */
  'plans.commandFailed': { program: string; exitCode: number | null; reason: string; output: string };
  /** Of a job whose process ended under it; it is taken up again. */
  'job.interrupted': Record<string, never>;
  /** The same is in hand already. */
  'job.alreadyRunning': { jobId: string };
  'request.invalidInput': { what: string; reason: string };
  'request.unknownCall': { name: string };
  'request.notFound': { what: string; id: string };
  'internal.invariantBroken': { what: string };
  /** The other process is gone or cannot be reached. */
  'internal.connectionLost': Record<string, never>;
}

export type ErrorCode = keyof ErrorData;

/** `later`: the same call may succeed later. `afterUser`: after somebody changed something. */
export type RetryAdvice = 'never' | 'later' | 'afterUser';

export class TidemarkError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'TidemarkError';
  readonly code: Code;
  readonly data: ErrorData[Code];
  readonly retry: RetryAdvice;
  /** The other side asked not to be troubled sooner. Stays in this process. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: Code,
    data: ErrorData[Code],
    options: { retry?: RetryAdvice; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(`${code} ${JSON.stringify(data)}`, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.data = data;
    this.retry = options.retry ?? 'never';
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Plain form for crossing threads and processes; no stack, no cause. */
  toWire(): WireError {
    return { code: this.code, data: this.data, retry: this.retry };
  }
}

export interface WireError {
  readonly code: ErrorCode;
  readonly data: ErrorData[ErrorCode];
  readonly retry: RetryAdvice;
}

export function fromWireError(wire: WireError): TidemarkError {
  return new TidemarkError(wire.code, wire.data as never, { retry: wire.retry });
}

export function isTidemarkError<Code extends ErrorCode>(
  error: unknown,
  code?: Code,
): error is TidemarkError<Code> {
  return error instanceof TidemarkError && (code === undefined || error.code === code);
}

/** Throws `internal.invariantBroken` when a condition that only a bug can break does not hold. */
export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw new TidemarkError('internal.invariantBroken', { what });
}

/** Throws `job.cancelled` when the signal has fired. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new TidemarkError('job.cancelled', {});
}
