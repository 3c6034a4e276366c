/**
 * A repository in a folder of this machine: built-in or USB disk, mounted network share.
 * Owns the layout's permissions, the watch over the disk that may vanish, and how calls end when the disk hangs;
 * the atomic write itself is `atomic-save.ts`. Never creates the top folder except in `create`, and there only the
 * last part of its path, so that an unplugged drive's mount point is never filled by mistake.
 */
import { mkdir, open, stat, statfs, unlink, chmod, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { TidemarkError, invariant, throwIfCancelled } from '#base/errors.ts';
import {
  CONFIG_NAME,
  allFolders,
  objectFolder,
  objectPath,
  packSubfolder,
  refusesOverwrite,
} from '#storage/object-path.ts';
import {
  newTemporaryName,
  saveAtomically,
  syncFolder,
  type AtomicSave,
  type SaveOutcome,
} from '#storage/local/atomic-save.ts';
import { assertSameDisk, loadDiskIdentity, type DiskIdentity } from '#storage/local/disk-identity.ts';
import { HandleCache } from '#storage/local/handle-cache.ts';
import { listObjects } from '#storage/local/list-objects.ts';
import { classifyLocalError, hasErrno } from '#storage/local/local-errors.ts';
import { OperationWatch, type Step } from '#storage/local/operation-watch.ts';
import { removeStaleTemporaryFiles } from '#storage/local/stale-temporary-files.ts';
import type {
  ByteRange,
  Storage,
  StorageCapabilities,
  StorageEntry,
  StorageFileType,
} from '#storage/port.ts';
import { rangeInvalid } from '#storage/range-invalid.ts';
import { SlotQueue } from '#storage/slot-queue.ts';

/** More would only fill the four threads that all file calls share with waiting for the disk's flushes. */
const SAVES_AT_ONCE = 4;
/** Bytes read between two looks at the signal. */
const READ_STEP_BYTES = 8 << 20;
const GROUP_READ = 0o040;

interface Modes {
  readonly folder: number;
  readonly whileWriting: number;
  /** Undefined where files are not made read-only (Windows). */
  readonly file: number | undefined;
}

const PRIVATE_MODES: Modes = { folder: 0o700, whileWriting: 0o600, file: 0o400 };
const GROUP_MODES: Modes = { folder: 0o770, whileWriting: 0o660, file: 0o440 };

export interface LocalStorageOptions {
  /** False treats the disk as one without hard links (FAT) without trying. */
  readonly hardLinks?: boolean;
}

export class LocalStorage implements Storage {
  /** Absolute path of the repository. */
  readonly location: string;
  readonly #clock: Clock;
  readonly #watch: OperationWatch;
  readonly #handles = new HandleCache();
  readonly #saveSlots = new SlotQueue(SAVES_AT_ONCE);
  #hardLinks: boolean;
  #identity: DiskIdentity | undefined;
  /** Undefined until there is a config to derive them from. */
  #modes: Modes | undefined;

  constructor(path: string, clock: Clock, options: LocalStorageOptions = {}) {
    this.location = resolve(path);
    this.#clock = clock;
    this.#hardLinks = options.hardLinks ?? true;
    this.#watch = new OperationWatch(clock, this.location, () => {
      this.#handles.closeIdle();
      return this.#handles.size > 0;
    });
  }

  /** Without hard links, `refusesOverwrite` holds except between two creators within the same milliseconds. */
  get capabilities(): StorageCapabilities {
    return {
      refusesOverwrite: this.#hardLinks,
      freeSpaceKnown: true,
      emptyLooksMissing: false,
      readsWhileOpening: false,
      isFar: false,
    };
  }

  create(signal?: AbortSignal): Promise<void> {
    return this.#run('create', signal, async (step) => {
      await this.#makeTopFolder();
      await this.#noteIdentity();
      for (const folder of allFolders()) {
        step();
        await makeFolder(join(this.location, folder), PRIVATE_MODES.folder);
      }
      await syncFolder(join(this.location, objectFolder('pack')));
      await syncFolder(this.location);
      // Again, because a folder's time of birth is told from its last change only once there was one.
      await this.#noteIdentity();
    });
  }

  open(signal?: AbortSignal): Promise<void> {
    return this.#run('open', signal, async () => {
      await this.#handles.closeAll();
      this.#modes = undefined;
      await this.#noteIdentity();
    });
  }

  save(type: StorageFileType, name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    const work = async (step: Step): Promise<void> => {
      const path = this.#path(type, name);
      const identity = await this.#assertSameDisk();
      const modes = await this.#loadModes();
      const save: AtomicSave = {
        folder: dirname(path),
        name,
        bytes,
        writeMode: modes.whileWriting,
        finalMode: modes.file,
        existing: refusesOverwrite(type) ? 'refuse' : 'acceptSameSize',
        useHardLinks: this.#hardLinks,
        device: identity.device,
        onOtherDevice: async () => void (await this.#assertSameDisk()),
      };
      const outcome = await this.#saveMakingFolder(save, type, step);
      this.#handles.drop(path);
      if (outcome === 'refused') throw new TidemarkError('storage.alreadyExists', { kind: type, name });
    };
    return this.#saveSlots.run(() => this.#run('save', signal, work), signal);
  }

  load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.#run('load', signal, async (step) => {
      const path = this.#path(type, name);
      try {
        if (range === undefined) return await loadWhole(path, type, name, step);
        return await this.#loadRange(path, type, name, range, step);
      } catch (error) {
        return await this.#explainMissing(error, type, name);
      }
    });
  }

  list(type: StorageFileType, signal?: AbortSignal): Promise<readonly StorageEntry[]> {
    return this.#run('list', signal, async (step) => {
      await this.#assertSameDisk();
      const entries = await listObjects(this.location, type, step);
      // A drive that went meanwhile looks like missing folders, and those count as empty.
      await this.#assertSameDisk();
      return entries;
    });
  }

  stat(type: StorageFileType, name: string, signal?: AbortSignal): Promise<StorageEntry> {
    return this.#run('stat', signal, async () => {
      try {
        const found = await stat(this.#path(type, name));
        if (!found.isFile()) throw objectMissing(type, name);
        return { name, sizeBytes: found.size };
      } catch (error) {
        return await this.#explainMissing(error, type, name);
      }
    });
  }

  remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
    return this.#run('remove', signal, async (step) => {
      const path = this.#path(type, name);
      await this.#assertSameDisk();
      step();
      this.#handles.drop(path);
      await removeFile(path);
      // An index or snapshot must not come back after a power cut when the packs it names are gone. Packs and locks
      // may: they are removed again.
      if (type !== 'pack' && type !== 'lock') await syncFolder(dirname(path));
    });
  }

  async keptUntilMs(
    _type: StorageFileType,
    _name: string,
    signal?: AbortSignal,
  ): Promise<number | undefined> {
    throwIfCancelled(signal);
    return undefined;
  }

  /** A share's server dates what is written there by its own clock. */
  clockAheadMs(signal?: AbortSignal): Promise<number | undefined> {
    return this.#run('save', signal, async () => {
      await this.#assertSameDisk();
      const path = join(this.location, newTemporaryName());
      const handle = await open(path, 'wx', PRIVATE_MODES.whileWriting);
      try {
        const beforeMs = this.#clock.nowMs();
        await handle.write(' ');
        return (await handle.stat()).mtimeMs - beforeMs;
      } finally {
        await handle.close().catch(() => undefined);
        await removeFile(path);
      }
    });
  }

  removeLeftovers(signal?: AbortSignal): Promise<number> {
    return this.#run('remove', signal, async () => {
      await this.#assertSameDisk();
      return removeStaleTemporaryFiles(this.location, this.#clock, signal);
    });
  }

  freeSpaceBytes(signal?: AbortSignal): Promise<number | undefined> {
    return this.#run('freeSpaceBytes', signal, async () => {
      await this.#assertSameDisk();
      const { bavail, bsize } = await statfs(this.location);
      return bavail * bsize;
    });
  }

  async close(): Promise<void> {
    this.#watch.close();
    await this.#handles.closeAll();
  }

  /** Cancellation, hanging disks and the wording of errors, for every operation alike. */
  #run<T>(operation: string, signal: AbortSignal | undefined, work: (step: Step) => Promise<T>): Promise<T> {
    return this.#watch.run(operation, signal, async (step) => {
      try {
        return await work(step);
      } catch (error) {
        throw await classifyLocalError(error, this.location, operation);
      }
    });
  }

  #path(type: StorageFileType, name: string): string {
    invariant(this.#identity !== undefined, 'storage used before open');
    return join(this.location, objectPath(type, name));
  }

  async #makeTopFolder(): Promise<void> {
    try {
      await makeFolder(this.location, PRIVATE_MODES.folder);
      await syncFolder(dirname(this.location));
    } catch (error) {
      if (!hasErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
      throw unreachable(this.location, 'the folder above it is missing', error);
    }
  }

  async #noteIdentity(): Promise<void> {
    let found: DiskIdentity | undefined;
    try {
      found = await loadDiskIdentity(this.location);
    } catch (error) {
      if (!hasErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
      throw unreachable(this.location, 'there is no such folder', error);
    }
    if (found === undefined) throw unreachable(this.location, 'it is not a folder');
    this.#identity = found;
  }

  async #assertSameDisk(): Promise<DiskIdentity> {
    invariant(this.#identity !== undefined, 'storage used before open');
    await assertSameDisk(this.location, this.#identity);
    return this.#identity;
  }

  /** A repository shared with a group stays so: its config says which. */
  async #loadModes(): Promise<Modes> {
    if (this.#modes !== undefined) return this.#modes;
    let modes = PRIVATE_MODES;
    try {
      const config = await stat(join(this.location, CONFIG_NAME));
      if ((config.mode & GROUP_READ) !== 0) modes = GROUP_MODES;
    } catch (error) {
      if (!hasErrno(error, 'ENOENT')) throw error;
      return withoutReadOnlyOnWindows(modes);
    }
    this.#modes = withoutReadOnlyOnWindows(modes);
    return this.#modes;
  }

  async #saveMakingFolder(save: AtomicSave, type: StorageFileType, step: Step): Promise<SaveOutcome> {
    let outcome: SaveOutcome;
    try {
      outcome = await saveAtomically(save, step);
    } catch (error) {
      if (!hasErrno(error, 'ENOENT')) throw error;
      await this.#assertSameDisk();
      step();
      await this.#makeMissingFolders(type, save.name);
      outcome = await saveAtomically(save, step);
    }
    if (outcome === 'renamed' && save.useHardLinks && save.existing === 'refuse') this.#hardLinks = false;
    return outcome;
  }

  /** One folder at a time, and never the top folder: where that is missing, the drive is. */
  async #makeMissingFolders(type: StorageFileType, name: string): Promise<void> {
    const { folder: mode } = await this.#loadModes();
    const parts = type === 'pack' ? [objectFolder(type), packSubfolder(name)] : [objectFolder(type)];
    let path = this.location;
    for (const part of parts) {
      await makeFolder(join(path, part), mode);
      await syncFolder(path);
      path = join(path, part);
    }
  }

  async #loadRange(
    path: string,
    type: StorageFileType,
    name: string,
    range: ByteRange,
    step: Step,
  ): Promise<Uint8Array<ArrayBuffer>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#handles.with(path, ({ handle, sizeBytes, isFile }) => {
          if (!isFile) throw objectMissing(type, name);
          if (!isWithin(range, sizeBytes)) throw rangeInvalid(type, name, range);
          return readExactly(handle, range, type, name, step);
        });
      } catch (error) {
        this.#handles.drop(path);
        // The open file may be an older, shorter one whose name now stands for a repaired one.
        if (attempt > 1 || !(error instanceof TidemarkError && error.code === 'storage.rangeInvalid'))
          throw error;
      }
    }
  }

  async #explainMissing(error: unknown, type: StorageFileType, name: string): Promise<never> {
    if (!hasErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
    await this.#assertSameDisk();
    throw objectMissing(type, name);
  }
}

async function loadWhole(
  path: string,
  type: StorageFileType,
  name: string,
  step: Step,
): Promise<Uint8Array<ArrayBuffer>> {
  const handle = await open(path, 'r');
  try {
    step();
    const found = await handle.stat();
    if (!found.isFile()) throw objectMissing(type, name);
    return await readExactly(handle, { offset: 0, length: found.size }, type, name, step);
  } finally {
    await handle.close().catch(() => undefined);
  }
}

async function readExactly(
  handle: FileHandle,
  range: ByteRange,
  type: StorageFileType,
  name: string,
  step: Step,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(range.length);
  let filled = 0;
  while (filled < bytes.length) {
    step();
    const length = Math.min(READ_STEP_BYTES, bytes.length - filled);
    const { bytesRead } = await handle.read(bytes, filled, length, range.offset + filled);
    if (bytesRead === 0) throw rangeInvalid(type, name, range);
    filled += bytesRead;
  }
  return bytes;
}

function isWithin({ offset, length }: ByteRange, sizeBytes: number): boolean {
  return offset >= 0 && length >= 0 && offset + length <= sizeBytes;
}

async function makeFolder(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (!hasErrno(error, 'EEXIST')) throw error;
  }
}

/** Missing is fine. SMB servers and Windows refuse to remove a read-only file: such a one is made writable first. */
async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return;
    if (!hasErrno(error, 'EPERM', 'EACCES')) throw error;
    await chmod(path, 0o600).catch(() => Promise.reject(error));
    await unlink(path);
  }
}

function withoutReadOnlyOnWindows(modes: Modes): Modes {
  return process.platform === 'win32' ? { ...modes, file: undefined } : modes;
}

function unreachable(location: string, reason: string, cause?: unknown): TidemarkError {
  return new TidemarkError('storage.unreachable', { location, reason }, { retry: 'afterUser', cause });
}

function objectMissing(kind: StorageFileType, name: string): TidemarkError {
  return new TidemarkError('storage.objectMissing', { kind, name });
}
