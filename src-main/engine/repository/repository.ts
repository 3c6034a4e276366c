/**
 * An opened repository: its keys are known, its config is read. Hands out the parts that operations work with; holds
 * no lock by itself and loads the index only when asked. One object per run; not for several repositories.
 */
import type { Clock } from '#base/clock.ts';
import type { Identity } from '#base/identity.ts';
import type { BlobId, IndexId, KeyId, LockId } from '#base/ids.ts';
import { invariant, isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { RepositoryConfig } from '#format/config.ts';
import { encodeLock, parseLock } from '#format/lock.ts';
import type { BlobCodec, CryptoKeys, Primitives } from '#format/primitives.ts';
import type { Storage } from '#storage/port.ts';
import { BlobIndex, type BlobType } from './blob-index.ts';
import { BlobReader, type SealedBlob } from './blob-reader.ts';
import {
  addIndexFiles,
  listIndexFiles,
  loadIndexFiles,
  type IndexFileObserver,
  type LoadedIndex,
  type OmitsPack,
} from './index-loader.ts';
import { isWorthAnImage, openImage, sealImage, type IndexImages, type KeptIndex } from './index-image.ts';
import type { RepositoryCache } from './repository-cache.ts';
import { RepositoryFiles } from './repository-files.ts';
import type { LockFiles } from './find-locks.ts';
import type { OwnLocks } from './own-locks.ts';
import { RepositoryLock } from './repository-lock.ts';
import { SnapshotStore } from './snapshot-store.ts';
import { waitForLock } from './wait-for-lock.ts';
import type { WriteGate } from './write-gate.ts';
import { WriteScope } from './write-scope.ts';

/** What a repository needs of the world around it. */
export interface RepositoryPorts {
  readonly storage: Storage;
  readonly primitives: Primitives;
  readonly clock: Clock;
  readonly identity: Identity;
  /** What every write to `storage` passes: it knows the locks that are held. */
  readonly writeGate: WriteGate;
  /** Absent where nothing is remembered: then locks of crashes stay until somebody removes them. */
  readonly ownLocks?: OwnLocks | undefined;
  /** How long somebody else's lock is waited for; absent: it is told at once. */
  readonly lockPatienceMs?: number | undefined;
  /** Absent where the place is near, and for those who check or repair it. */
  readonly cache?: RepositoryCache | undefined;
  /** Absent where nothing is kept. */
  readonly indexImages?: IndexImages | undefined;
  createCodec(keys: CryptoKeys): BlobCodec;
}

/** An image is made anew when the index has grown by an eighth, or so many files are to be read besides it. */
const IMAGE_MAY_GROW = 1.125;
const IMAGE_MAY_LACK = 8;

export interface LockOptions {
  readonly exclusive: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface IndexReading {
  readonly signal?: AbortSignal | undefined;
  readonly observer?: IndexFileObserver;
  /** Blobs of these packs stay unknown, for repairs that mean to do without the packs. */
  readonly omitsPack?: OmitsPack | undefined;
}

export class Repository {
  readonly ports: RepositoryPorts;
  readonly config: RepositoryConfig;
  readonly keys: CryptoKeys;
  /** The key that opened the repository. */
  readonly keyId: KeyId;
  readonly files: RepositoryFiles;
  readonly snapshots: SnapshotStore;
  readonly codec: BlobCodec;
  #cache: RepositoryCache | undefined;
  #images: IndexImages | undefined;
  #index: BlobIndex | undefined;
  #indexIds: readonly IndexId[] = [];
  /** All that its files say is in it. */
  #isIndexWhole = false;
  /** By this opening, of its files; otherwise at least a part of it was kept. */
  #isIndexRead = false;
  #isIndexDoubted = false;
  #reader: BlobReader | undefined;
  #kept: KeptIndex | undefined;

  constructor(ports: RepositoryPorts, config: RepositoryConfig, keys: CryptoKeys, keyId: KeyId) {
    this.ports = ports;
    this.config = config;
    this.keys = keys;
    this.keyId = keyId;
    this.#cache = ports.cache;
    this.#images = ports.indexImages;
    this.files = new RepositoryFiles(ports.storage, ports.primitives, keys, config.version, ports.cache);
    this.snapshots = new SnapshotStore(this.files);
    this.codec = ports.createCodec(keys);
  }

  /** Before anything is loaded: for whoever wants to know what the place itself has. */
  bypassCache(): void {
    invariant(this.#index === undefined, 'the index was loaded before the cache was to be bypassed');
    this.#cache = undefined;
    this.#images = undefined;
    this.files.bypassCache();
  }

  get storage(): Storage {
    return this.ports.storage;
  }

  /** All known blobs; `loadIndex` comes first. */
  get index(): BlobIndex {
    invariant(this.#index !== undefined, 'the index is used before it is loaded');
    return this.#index;
  }

  get isIndexLoaded(): boolean {
    return this.#index !== undefined;
  }

  get indexIds(): readonly IndexId[] {
    return this.#indexIds;
  }

  /** Before `loadIndex`; whoever hands it over does not use it any more. */
  offerIndex(kept: KeptIndex): void {
    this.#kept = kept;
  }

  /**
   * For the next opening, after everything has gone well; this one is not used any more. Undefined when there is none that
   * says exactly what its files say: a claim that is left stands for a blob that nobody has stored.
   */
  releaseIndex(): KeptIndex | undefined {
    const index = this.#index;
    this.#index = undefined;
    this.#reader = undefined;
    if (index === undefined || !this.#isIndexWhole || this.#isIndexDoubted) return undefined;
    if (index.claimCount > 0) return undefined;
    return { index, indexIds: this.#indexIds };
  }

  /**
   * Loads every index file, once. List snapshots before, so that all their blobs are found.
   * @throws integrity.indexCorrupt, unless damaged files are to be returned
   */
  async loadIndex(
    options: IndexReading & { readonly keepGoing?: boolean } = {},
  ): Promise<readonly TidemarkError<'integrity.indexCorrupt'>[]> {
    if (this.#index !== undefined) return [];
    const kept = this.#kept;
    this.#kept = undefined;
    const seesFiles = options.observer !== undefined || options.omitsPack !== undefined;
    const read = seesFiles ? await this.readIndex(options) : await this.#loadNearest(kept, options.signal);
    const [first] = read.damaged;
    if (first !== undefined && options.keepGoing !== true) throw first;
    this.adoptIndex(read, options.omitsPack === undefined);
    return read.damaged;
  }

  /** What `loadIndex` would load, for who has yet to see whether it holds good. */
  async readIndex({ signal, observer, omitsPack }: IndexReading = {}): Promise<LoadedIndex> {
    const index = new BlobIndex();
    const read = await loadIndexFiles(this.files, index, signal, observer, omitsPack);
    this.#isIndexRead = true;
    return { index, ...read };
  }

  /** Whether the repository's index files are the ones that were read: they never change, only come and go. */
  async isCurrent({ indexIds }: LoadedIndex, signal?: AbortSignal): Promise<boolean> {
    const names = new Set<string>((await this.files.list('index', signal)).map(({ name }) => name));
    return names.size === indexIds.length && indexIds.every((id) => names.has(id));
  }

  /** In place of `loadIndex`. @param isWhole no pack was left out on purpose */
  adoptIndex({ index, indexIds, damaged }: LoadedIndex, isWhole = true): void {
    this.#index = index;
    this.#indexIds = indexIds;
    this.#isIndexWhole = isWhole && damaged.length === 0;
    this.#reader = new BlobReader(this.storage, index, this.codec, () => this.doubtIndex(), this.#cache);
  }

  /**
   * A blob is not where the index says, or is not known to it. What was kept of an index may be at fault, so the next opening
   * reads the files; what was read of them now only says that the place is damaged.
   */
  doubtIndex(): void {
    if (this.#isIndexRead || this.#isIndexDoubted) return;
    this.#isIndexDoubted = true;
    this.#images?.drop(this.config.id);
  }

  /** @throws integrity.blobMissing, integrity.blobCorrupt */
  loadBlob(type: BlobType, id: BlobId, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#blobReader().load(type, id, signal);
  }

  /** For workers, which open it themselves. */
  loadSealedBlob(type: BlobType, id: BlobId, signal?: AbortSignal): Promise<SealedBlob | undefined> {
    return this.#blobReader().loadSealed(type, id, signal);
  }

  /** @throws repository.locked */
  async lock(options: LockOptions): Promise<RepositoryLock> {
    return confirmed(await this.announceLock(options));
  }

  /**
   * For operations that read while the lock is being confirmed: writes wait for that at the gate. To be released in any case;
   * a failure while it is being confirmed may be due to whoever came first.
   * @throws repository.locked
   */
  async announceLock(options: LockOptions): Promise<RepositoryLock> {
    const { clock, primitives, lockPatienceMs: waitMs = 0 } = this.ports;
    if (waitMs === 0) return this.#announceLock(options);
    const { randomBytes } = primitives;
    return waitForLock({ clock, randomBytes, waitMs }, options.signal, async () => {
      const lock = await this.#announceLock(options);
      // Nobody works under an exclusive lock before it stands: one that lost the race may be taken anew.
      return options.exclusive ? confirmed(lock) : lock;
    });
  }

  lockFiles(): LockFiles {
    const { files } = this;
    const { ownLocks } = this.ports;
    const repositoryId = this.config.id;
    return {
      location: files.location,
      list: async (signal) =>
        (await files.list('lock', signal)).map(({ name, sizeBytes }) => ({ id: name as LockId, sizeBytes })),
      load: async (id, signal) => {
        const plain = await undefinedIfMissing(files.load('lock', id, signal));
        return plain === undefined ? undefined : parseLock(plain);
      },
      save: (lock, signal) =>
        files.save<LockId>('lock', encodeLock(lock), signal, (id) => ownLocks?.remember(repositoryId, id)),
      assertKept: (id, signal) => this.#assertLockKept(id, signal),
      exists: (id, signal) => files.exists('lock', id, signal),
      remove: (id, signal) => files.remove('lock', id, signal),
      ownDead: () => ownLocks?.dead(repositoryId) ?? new Set(),
      forget: (id) => ownLocks?.forget(repositoryId, id),
      abandon: (id) => ownLocks?.abandon(repositoryId, id),
    };
  }

  async #assertLockKept(id: LockId, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.files.load('lock', id, signal);
    } catch (error) {
      const isLost =
        isTidemarkError(error, 'storage.objectMissing') || isTidemarkError(error, 'integrity.fileCorrupt');
      if (!isLost) throw error;
      const data = { location: this.files.location, kind: 'lock', name: id } as const;
      throw new TidemarkError('storage.notKept', data, { cause: error });
    }
  }

  /** For everything that is written under one lock. */
  openWriteScope(lock: Pick<RepositoryLock, 'assertHeld'>): WriteScope {
    return new WriteScope({
      storage: this.storage,
      files: this.files,
      index: this.index,
      primitives: this.ports.primitives,
      keys: this.keys,
      clock: this.ports.clock,
      assertLockHeld: () => lock.assertHeld(),
      cache: this.#cache,
      onIndexSaved: (id) => {
        this.#indexIds = [...this.#indexIds, id];
      },
    });
  }

  /** From what is kept in memory, else nearby, else from all files. */
  async #loadNearest(kept: KeptIndex | undefined, signal: AbortSignal | undefined): Promise<LoadedIndex> {
    const known = kept === undefined ? undefined : await this.#bringUpToDate(kept, signal);
    if (known !== undefined) return known;
    const image = this.#openImage();
    const before = { entries: image?.index.entryCount ?? 0, files: image?.indexIds.length ?? 0 };
    const updated = image === undefined ? undefined : await this.#bringUpToDate(image, signal);
    const read = updated ?? (await this.readIndex({ signal }));
    const { entryCount } = read.index;
    const isOutgrown =
      entryCount > before.entries * IMAGE_MAY_GROW || read.indexIds.length > before.files + IMAGE_MAY_LACK;
    if (updated === undefined || isOutgrown) this.#saveImage(read);
    return read;
  }

  #openImage(): KeptIndex | undefined {
    const { primitives } = this.ports;
    const portions = this.#images?.load(this.config.id);
    try {
      return portions === undefined ? undefined : openImage(primitives, this.keys, portions);
    } catch {
      // Cut short, damaged, or by another version: the next one takes its place.
      return undefined;
    }
  }

  #saveImage(read: LoadedIndex): void {
    const { primitives } = this.ports;
    if (this.#images === undefined || read.damaged.length > 0 || !isWorthAnImage(read.index)) return;
    this.#images.save(this.config.id, sealImage(primitives, this.keys, read));
  }

  /**
   * Only what is new is read. Undefined when a file is gone: somebody has pruned or repaired, and what it said may not
   * hold any more. Packs are removed only after the index files that name them. Source: repository format, 15.
   */
  async #bringUpToDate(
    { index, indexIds }: KeptIndex,
    signal: AbortSignal | undefined,
  ): Promise<LoadedIndex | undefined> {
    const found = await listIndexFiles(this.files, signal);
    const present = new Set(found);
    if (!indexIds.every((id) => present.has(id))) return undefined;
    const known = new Set(indexIds);
    const fresh = found.filter((id) => !known.has(id));
    return { index, indexIds: found, damaged: await addIndexFiles(this.files, index, fresh, signal) };
  }

  async #announceLock(options: LockOptions): Promise<RepositoryLock> {
    const { clock, identity, writeGate } = this.ports;
    const lock = await RepositoryLock.announce(this.lockFiles(), clock, identity, options);
    writeGate.add(lock);
    lock.onReleased(() => writeGate.remove(lock));
    return lock;
  }

  #blobReader(): BlobReader {
    invariant(this.#reader !== undefined, 'a blob is read before the index is loaded');
    return this.#reader;
  }
}

/** The lock stands, or is let go of. */
async function confirmed(lock: RepositoryLock): Promise<RepositoryLock> {
  try {
    await lock.confirmed();
    return lock;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** @throws whatever the store throws for reasons other than a vanished file */
async function undefinedIfMissing<T>(loading: Promise<T>): Promise<T | undefined> {
  try {
    return await loading;
  } catch (error) {
    if (isTidemarkError(error, 'storage.objectMissing')) return undefined;
    throw error;
  }
}
