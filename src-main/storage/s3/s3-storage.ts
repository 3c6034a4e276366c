/**
 * A repository in a bucket of any S3-compatible cloud or server, laid out as restic does it: the usual paths below a prefix.
 * Bare: repeats nothing and bounds nothing; decorators do. Requests are `s3-requests.ts`, loaded when the place is opened.
 * - A PUT is atomic and durable when it is answered. A save that is cancelled may end its PUT within the moment that a
 *   cancelled call has; cut later than that, S3 drops what came.
 * - The config and keys are never replaced: asked for first, and sent under the condition that they are new where the
 *   server knows conditions. Everything else is named by its content, so sending it again is harmless.
 * - Objects are removed by name, never by version; trials alone, which are nobody's, by version too.
 */
import { TidemarkError, isTidemarkError, throwIfCancelled } from '#base/errors.ts';
import { aheadByDateMs } from '#storage/http/http-date.ts';
import { describeLocation } from '#storage/locations/describe-location.ts';
import type { S3Location } from '#storage/locations/place-location.ts';
import {
  CONFIG_NAME,
  isObjectName,
  newTrialName,
  objectFolder,
  objectPath,
  refusesOverwrite,
} from '#storage/object-path.ts';
import type {
  ByteRange,
  PackContent,
  Storage,
  StorageCapabilities,
  StorageEntry,
  StorageFileType,
} from '#storage/port.ts';
import { rangeInvalid } from '#storage/range-invalid.ts';
import { connectS3, givenRegion, type S3StorageOptions } from '#storage/s3/connect-s3.ts';
import { OwnChanges } from '#storage/s3/own-changes.ts';
import {
  classifyS3Error,
  isAlreadyThere,
  isBucketMade,
  isBucketMissing,
  isConditionUnknown,
  isMissing,
  regionToldBy,
  statusOf,
  type S3Subject,
} from '#storage/s3/s3-errors.ts';
import { storageClassOf } from '#storage/s3/storage-class.ts';
import type { S3Requests } from '#storage/s3/s3-requests.ts';

/** As the janitors of other places. */
const STALE_AFTER_MS = 24 * 60 * 60_000;

/** Within the second that the port promises. */
const CANCELLED_SAVE_GRACE_MS = 600;

type FileSubject = NonNullable<S3Subject['file']>;

/** Not opened yet; touches nothing. */
export function openS3Storage(location: S3Location, options: S3StorageOptions): Storage {
  return new S3Storage(location, options);
}

class S3Storage implements Storage {
  readonly location: string;
  readonly #place: S3Location;
  readonly #options: S3StorageOptions;
  #requests: Promise<S3Requests> | undefined;
  /** Learnt from the server; undefined until then. */
  #toldRegion: string | undefined;
  readonly #ownChanges = new OwnChanges();
  /** Until the server says that it does not. */
  #knowsConditions = true;
  /** Whether the bucket can lock objects; undefined until it was asked. */
  #hasObjectLock: boolean | undefined;
  /** Of trials, in a bucket that keeps versions. */
  readonly #trialVersions = new Map<string, string[]>();

  constructor(place: S3Location, options: S3StorageOptions) {
    this.#place = place;
    this.#options = options;
    this.location = describeLocation(place);
  }

  /** Without conditions, a second creator within the same moment is not seen. */
  get capabilities(): StorageCapabilities {
    return {
      refusesOverwrite: this.#knowsConditions,
      freeSpaceKnown: false,
      emptyLooksMissing: false,
      readsWhileOpening: true,
      isFar: true,
    };
  }

  /** Makes the bucket, as restic does, where there is none. */
  create(signal?: AbortSignal): Promise<void> {
    return this.#run('create', undefined, signal, (requests, stop) =>
      this.#inItsRegion(requests, async (current) => {
        try {
          await this.#listOne(current, stop);
        } catch (error) {
          if (!isBucketMissing(error)) throw error;
          await current.createBucket(stop).catch((failure: unknown) => {
            if (!isBucketMade(failure)) throw failure;
          });
        }
      }),
    );
  }

  open(signal?: AbortSignal): Promise<void> {
    return this.#run('open', undefined, signal, (requests, stop) =>
      this.#inItsRegion(requests, (current) => this.#listOne(current, stop)),
    );
  }

  async save(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
    content?: PackContent,
  ): Promise<void> {
    const key = this.#key(objectPath(type, name));
    const storageClass = storageClassOf(this.#options.settings?.s3?.storageClass, type, content);
    const onlyNew = refusesOverwrite(type);
    const work = async (requests: S3Requests, stop: AbortSignal): Promise<void> => {
      // Also for servers that take a condition and do not keep it.
      if (onlyNew && (await sizeOf(requests, key, stop)) !== undefined) throw alreadyExists(type, name);
      if (!onlyNew || !this.#knowsConditions) {
        const version = await requests.putObject(key, bytes, { storageClass }, stop);
        if (type === 'trial' && version !== undefined)
          this.#trialVersions.set(name, [...(this.#trialVersions.get(name) ?? []), version]);
        return;
      }
      try {
        await requests.putObject(key, bytes, { onlyNew, storageClass }, stop);
      } catch (error) {
        if (isAlreadyThere(error)) throw alreadyExists(type, name);
        if (!isConditionUnknown(error)) throw error;
        this.#knowsConditions = false;
        await requests.putObject(key, bytes, { storageClass }, stop);
      }
    };
    await this.#run('save', { kind: type, name }, signal, work, CANCELLED_SAVE_GRACE_MS);
    // By its own lock one sees how far behind the lists are.
    if (type !== 'lock') this.#ownChanges.noteSaved(type, name);
  }

  async load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const key = this.#key(objectPath(type, name));
    return this.#run('load', { kind: type, name }, signal, async (requests, stop) => {
      if (range === undefined)
        return (await requests.getObject(key, undefined, stop)) as Uint8Array<ArrayBuffer>;
      if (range.offset < 0 || range.length < 0) throw rangeInvalid(type, name, range);
      if (range.length === 0) {
        // No request can ask for nothing.
        if (range.offset > (await requests.headObject(key, stop))) throw rangeInvalid(type, name, range);
        return new Uint8Array(0);
      }
      try {
        const bytes = await requests.getObject(key, range, stop);
        if (bytes !== undefined) return bytes;
      } catch (error) {
        if (statusOf(error) !== 416) throw error;
      }
      throw rangeInvalid(type, name, range);
    });
  }

  async list(type: StorageFileType, signal?: AbortSignal): Promise<readonly StorageEntry[]> {
    return this.#run('list', undefined, signal, async (requests, stop) => {
      const prefix = this.#key(listPrefix(type));
      const listed = new Map<string, number>();
      let page: string | undefined;
      do {
        const { objects, nextPage } = await requests.listPage(prefix, page, stop);
        for (const { key, sizeBytes } of objects) {
          const name = key.slice(key.lastIndexOf('/') + 1);
          if (isObjectName(type, name) && key === this.#key(objectPath(type, name)))
            listed.set(name, sizeBytes);
        }
        page = nextPage;
      } while (page !== undefined);
      await this.#ownChanges.correct(type, listed, (name) =>
        sizeOf(requests, this.#key(objectPath(type, name)), stop),
      );
      return Array.from(listed, ([name, sizeBytes]) => ({ name, sizeBytes }));
    });
  }

  async stat(type: StorageFileType, name: string, signal?: AbortSignal): Promise<StorageEntry> {
    const key = this.#key(objectPath(type, name));
    return this.#run('stat', { kind: type, name }, signal, async (requests, stop) => ({
      name,
      sizeBytes: await requests.headObject(key, stop),
    }));
  }

  async remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
    const key = this.#key(objectPath(type, name));
    try {
      await this.#run('remove', { kind: type, name }, signal, async (requests, stop) => {
        if (type === 'trial' && (await this.#removeTrial(requests, name, stop))) return;
        try {
          await requests.deleteObject(key, stop);
        } catch (error) {
          if (!isMissing(error)) throw error;
        }
      });
    } catch (error) {
      if (!isTidemarkError(error, 'storage.accessDenied')) throw error;
      const untilMs = await this.keptUntilMs(type, name, signal).catch(() => undefined);
      const keptUntil = untilMs === undefined ? null : new Date(untilMs).toISOString();
      const data = { location: this.location, keptUntil };
      throw new TidemarkError('storage.removalRefused', data, { retry: 'afterUser', cause: error });
    }
    this.#ownChanges.noteRemoved(type, name);
  }

  /** Asks for the file only where the bucket locks any. */
  async keptUntilMs(type: StorageFileType, name: string, signal?: AbortSignal): Promise<number | undefined> {
    throwIfCancelled(signal);
    if (this.#hasObjectLock === false) return undefined;
    return this.#run('stat', { kind: type, name }, signal, async (requests, stop) => {
      this.#hasObjectLock ??= await hasObjectLock(requests, stop);
      if (!this.#hasObjectLock) return undefined;
      try {
        return await requests.retainedUntilMs(this.#key(objectPath(type, name)), stop);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    });
  }

  clockAheadMs(signal?: AbortSignal): Promise<number | undefined> {
    const { clock } = this.#options;
    return this.#run('stat', undefined, signal, async (requests, stop) => {
      const beforeMs = clock.nowMs();
      const date = await requests.loadDate(this.#key(CONFIG_NAME), stop);
      return aheadByDateMs(date, beforeMs, clock.nowMs());
    });
  }

  /** An upload that was cut leaves nothing; a trial that nobody could take away again may be left. */
  removeLeftovers(signal?: AbortSignal): Promise<number> {
    return this.#run('remove', undefined, signal, async (requests, stop) => {
      const { objects } = await requests.listPage(this.#key(listPrefix('trial')), undefined, stop);
      const staleBeforeMs = this.#options.clock.nowMs() - STALE_AFTER_MS;
      let removed = 0;
      for (const { key, changedAtMs } of objects) {
        if (!isObjectName('trial', key.slice(key.lastIndexOf('/') + 1))) continue;
        if (changedAtMs === undefined || changedAtMs >= staleBeforeMs) continue;
        await requests.deleteObject(key, stop);
        removed += 1;
      }
      return removed;
    });
  }

  /** S3 does not tell. */
  async freeSpaceBytes(signal?: AbortSignal): Promise<number | undefined> {
    throwIfCancelled(signal);
    return undefined;
  }

  async close(): Promise<void> {
    const requests = await this.#requests?.catch(() => undefined);
    requests?.close();
    this.#requests = undefined;
  }

  /** For good. @returns false: it is locked, and only its name can be taken away */
  async #removeTrial(requests: S3Requests, name: string, stop: AbortSignal): Promise<boolean> {
    const key = this.#key(objectPath('trial', name));
    const versions = this.#trialVersions.get(name);
    // Of what is not there, a bucket that keeps versions would note that it is gone.
    if (versions === undefined) return (await sizeOf(requests, key, stop)) === undefined;
    this.#trialVersions.delete(name);
    try {
      for (const version of versions) await requests.deleteObject(key, stop, version);
      return true;
    } catch (error) {
      if (statusOf(error) === undefined) throw error;
      return false;
    }
  }

  #key(path: string): string {
    const { prefix } = this.#place;
    return prefix === '' ? path : `${prefix}/${path}`;
  }

  /**
   * Cancellation and the wording of errors, for every operation alike. The signal given to the work is the call's own, so
   * that nothing stays with the caller's.
   */
  async #run<T>(
    operation: string,
    file: FileSubject | undefined,
    signal: AbortSignal | undefined,
    work: (requests: S3Requests, stop: AbortSignal) => Promise<T>,
    graceMs = 0,
  ): Promise<T> {
    throwIfCancelled(signal);
    const stop = new AbortController();
    const over = new AbortController();
    const onAbort = (): void => {
      if (graceMs === 0) return stop.abort();
      this.#options.clock.sleep(graceMs, over.signal).then(
        () => stop.abort(),
        () => undefined,
      );
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const requests = await this.#open();
      return await work(requests, stop.signal);
    } catch (error) {
      if (signal?.aborted) throw new TidemarkError('job.cancelled', {});
      const subject = { location: this.location, bucket: this.#place.bucket, operation };
      throw classifyS3Error(error, file === undefined ? subject : { ...subject, file });
    } finally {
      signal?.removeEventListener('abort', onAbort);
      over.abort();
    }
  }

  /** Unlike a plain question about the bucket, this is answered with the reason when it is refused. */
  async #listOne(requests: S3Requests, stop: AbortSignal): Promise<void> {
    await requests.listPage(this.#key(objectPath('config', 'config')), undefined, stop, 1);
  }

  /** Follows the server to the bucket's own region once, when no region was set. */
  async #inItsRegion(requests: S3Requests, work: (requests: S3Requests) => Promise<void>): Promise<void> {
    try {
      await work(requests);
    } catch (error) {
      const told = regionToldBy(error);
      const mayFollow = givenRegion(this.#options) === undefined && told !== this.#toldRegion;
      if (told === undefined || !mayFollow) throw error;
      this.#toldRegion = told;
      requests.close();
      this.#requests = undefined;
      await work(await this.#open());
    }
  }

  #open(): Promise<S3Requests> {
    this.#requests ??= connectS3(this.#place, this.#options, this.#toldRegion);
    return this.#requests;
  }
}

/** What the keys of all files of a type begin with. */
function listPrefix(type: StorageFileType): string {
  if (type === 'config') return CONFIG_NAME;
  return type === 'trial' ? newTrialName('') : `${objectFolder(type)}/`;
}

/** A server that knows no object lock, or whom we may not ask, has none to tell of. */
async function hasObjectLock(requests: S3Requests, stop: AbortSignal): Promise<boolean> {
  try {
    return await requests.hasObjectLock(stop);
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined || status === 429 || status === 503) throw error;
    return false;
  }
}

/** Undefined: there is no such object. */
async function sizeOf(requests: S3Requests, key: string, stop: AbortSignal): Promise<number | undefined> {
  try {
    return await requests.headObject(key, stop);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function alreadyExists(kind: StorageFileType, name: string): TidemarkError {
  return new TidemarkError('storage.alreadyExists', { kind, name });
}
