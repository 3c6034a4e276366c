/**
 * A repository on a server that is reached by SSH. Keeps restic's layout; `remote-save.ts` writes, `connect-sftp.ts` connects.
 * Owns the connection's life (made when it is needed, made anew after it was lost; the call that lost it fails with
 * advice to try later), the layout's permissions, and how calls end.
 * Never creates the top folder except in `create`, and there only the last part of its path; a top folder whose config has
 * gone is taken for a drive that the server has lost, never for an empty repository.
 */
import type { Clock } from '#base/clock.ts';
import { TidemarkError, throwIfCancelled } from '#base/errors.ts';
import {
  CONFIG_NAME,
  allFolders,
  objectFolder,
  objectPath,
  packSubfolder,
  refusesOverwrite,
} from '#storage/object-path.ts';
import type {
  ByteRange,
  Storage,
  StorageCapabilities,
  StorageEntry,
  StorageFileType,
} from '#storage/port.ts';
import { rangeInvalid } from '#storage/range-invalid.ts';
import type { SftpOptions } from '#storage/sftp/connect-sftp.ts';
import { inLanes } from '#storage/sftp/lanes.ts';
import { listRemote } from '#storage/sftp/list-remote.ts';
import { loadServerTime, removeRemoteLeftovers } from '#storage/sftp/remote-leftovers.ts';
import {
  flushFolder,
  saveRemotely,
  type RemoteSave,
  type RemoteSaveOutcome,
} from '#storage/sftp/remote-save.ts';
import type { Handle, SftpChannel } from '#storage/sftp/sftp-channel.ts';
import {
  STATUS,
  classifySftpError,
  connectionLost,
  hasStatus,
  unreachable,
} from '#storage/sftp/sftp-errors.ts';
import { describeLocation } from '#storage/locations/describe-location.ts';
import type { SftpLocation } from '#storage/locations/place-location.ts';
import { readExactly, type Step } from '#storage/sftp/transfer.ts';

const GROUP_READ = 0o040;
const PRIVATE_MODES = { folder: 0o700, file: 0o600 };
/** Of a repository that is shared with a group: its config says so. */
const GROUP_MODES = { folder: 0o770, file: 0o660 };

/** Folders made at once. */
const FOLDERS_AT_ONCE = 64;

/** For cleaning up after a call that was cancelled; within the second that the port promises. */
const CLEAN_UP_GRACE_MS = 600;

export function openSftpStorage(location: SftpLocation, options: SftpOptions): Storage {
  return new SftpStorage(location, options);
}

export class SftpStorage implements Storage {
  readonly location: string;
  readonly #place: SftpLocation;
  readonly #top: string;
  readonly #options: SftpOptions;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  #connecting: Promise<SftpChannel> | undefined;
  #channel: SftpChannel | undefined;
  #modes: typeof PRIVATE_MODES | undefined;
  /** Whether there was a config: then one that is missing later means that the drive is. */
  #hadConfig = false;
  /** Until the server's disk turns out to have none. */
  #hasHardLinks = true;

  constructor(location: SftpLocation, options: SftpOptions) {
    this.location = describeLocation(location);
    this.#place = location;
    this.#top = location.path === '' ? '.' : location.path;
    this.#options = options;
    this.#clock = options.clock;
  }

  /** Of the server that was reached last; nothing is claimed before. */
  get capabilities(): StorageCapabilities {
    return {
      refusesOverwrite: this.#hasHardLinks && this.#channel?.has('hardlink') === true,
      freeSpaceKnown: this.#channel?.has('statvfs') === true,
      emptyLooksMissing: false,
      readsWhileOpening: true,
      isFar: true,
    };
  }

  create(signal?: AbortSignal): Promise<void> {
    return this.#run('create', signal, async (channel, step) => {
      await this.#makeTopFolder(channel);
      const [parents, subfolders] = [
        allFolders().filter((folder) => !folder.includes('/')),
        allFolders().filter((folder) => folder.includes('/')),
      ];
      for (const folders of [parents, subfolders]) {
        await inLanes(folders, FOLDERS_AT_ONCE, async (folder) => {
          step();
          await makeFolder(channel, `${this.#top}/${folder}`, PRIVATE_MODES.folder);
        });
      }
      await this.#look(channel);
    });
  }

  open(signal?: AbortSignal): Promise<void> {
    return this.#run('open', signal, async (channel) => {
      const [found] = await Promise.all([channel.statIfThere(this.#top), this.#look(channel)]);
      if (found === undefined)
        throw unreachable(this.location, 'there is no such folder on the server', 'afterUser');
      if (!found.isDirectory()) throw unreachable(this.location, 'it is not a folder', 'afterUser');
    });
  }

  async save(type: StorageFileType, name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    const path = this.#path(type, name);
    await this.#run(
      'save',
      signal,
      async (channel, step) => {
        const save: RemoteSave = {
          folder: path.slice(0, path.lastIndexOf('/')),
          name,
          bytes,
          mode: (this.#modes ?? PRIVATE_MODES).file,
          existing: refusesOverwrite(type) ? 'refuse' : 'acceptSameSize',
          // A lock that a power cut takes is made again.
          flushFolder: type !== 'lock',
        };
        const outcome = await this.#saveMakingFolder(channel, save, type, step);
        if (outcome === 'refused') throw new TidemarkError('storage.alreadyExists', { kind: type, name });
        if (outcome === 'renamed' && save.existing === 'refuse') this.#hasHardLinks = false;
        if (type === 'config') this.#hadConfig = true;
      },
      bytes.length,
    );
  }

  async load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const path = this.#path(type, name);
    return this.#run('load', signal, async (channel, step) => {
      const found = channel.statIfThere(path);
      found.catch(() => undefined);
      let handle: Handle;
      try {
        handle = await channel.open(path, 'r');
      } catch (error) {
        if (!hasStatus(error, STATUS.NO_SUCH_FILE)) throw error;
        return await this.#throwMissing(channel, type, name);
      }
      try {
        const stats = await found;
        if (stats?.isFile() !== true) return await this.#throwMissing(channel, type, name);
        const { offset, length } = range ?? { offset: 0, length: stats.size };
        if (offset < 0 || length < 0 || offset + length > stats.size)
          throw rangeInvalid(type, name, { offset, length });
        const bytes = new Uint8Array(length);
        const isWhole = await readExactly(channel, handle, offset, bytes, step);
        if (!isWhole) throw rangeInvalid(type, name, { offset, length });
        return bytes;
      } finally {
        // It was only read from: nothing can be lost, so nobody waits for it.
        channel.close(handle).catch(() => undefined);
      }
    });
  }

  list(type: StorageFileType, signal?: AbortSignal): Promise<readonly StorageEntry[]> {
    return this.#run('list', signal, async (channel, step) => {
      const entries = await listRemote(channel, this.#top, type, step);
      // A drive that the server has lost looks like missing folders, and those count as empty. Locks are looked for often,
      // and who finds none takes one of his own, which tells.
      if (entries.length === 0 && type !== 'lock') await this.#assertDriveThere(channel);
      return entries;
    });
  }

  async stat(type: StorageFileType, name: string, signal?: AbortSignal): Promise<StorageEntry> {
    const path = this.#path(type, name);
    return this.#run('stat', signal, async (channel) => {
      const found = await channel.statIfThere(path);
      if (found?.isFile() !== true) return await this.#throwMissing(channel, type, name);
      return { name, sizeBytes: found.size };
    });
  }

  async remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
    const path = this.#path(type, name);
    await this.#run('remove', signal, async (channel) => {
      try {
        await channel.unlink(path);
      } catch (error) {
        if (!hasStatus(error, STATUS.NO_SUCH_FILE)) throw error;
        await this.#assertDriveThere(channel);
        return;
      }
      if (type === 'config') this.#hadConfig = false;
      // An index or snapshot must not come back after a power cut when the packs it names are gone. Packs and locks
      // may: they are removed again.
      if (type !== 'pack' && type !== 'lock')
        await flushFolder(channel, path.slice(0, path.lastIndexOf('/')));
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

  clockAheadMs(signal?: AbortSignal): Promise<number | undefined> {
    return this.#run('save', signal, async (channel) => {
      const beforeMs = this.#clock.nowMs();
      const serverMs = (await loadServerTime(channel, this.#top)) * 1000;
      // Whole seconds, of some moment between the two.
      return serverMs + 500 - (beforeMs + this.#clock.nowMs()) / 2;
    });
  }

  removeLeftovers(signal?: AbortSignal): Promise<number> {
    return this.#run('remove', signal, async (channel, step) => {
      await this.#assertDriveThere(channel);
      return removeRemoteLeftovers(channel, this.#top, step);
    });
  }

  freeSpaceBytes(signal?: AbortSignal): Promise<number | undefined> {
    return this.#run('freeSpaceBytes', signal, async (channel) => {
      await this.#assertDriveThere(channel);
      return (await channel.statvfs(this.#top))?.freeBytes;
    });
  }

  async close(): Promise<void> {
    this.#closed.abort();
    const channel = await this.#connecting?.catch(() => undefined);
    channel?.end();
  }

  /** Connection, cancellation and the wording of errors, for every operation alike. */
  async #run<T>(
    operation: string,
    signal: AbortSignal | undefined,
    work: (channel: SftpChannel, step: Step) => Promise<T>,
    sizeBytes = 0,
  ): Promise<T> {
    throwIfCancelled(signal);
    let channel: SftpChannel | undefined;
    const step: Step = () => throwIfCancelled(signal);
    const run = async (): Promise<T> => {
      try {
        channel = await this.#connect();
        step();
        return await work(channel, step);
      } catch (error) {
        throw await classifySftpError(error, {
          location: this.location,
          operation,
          sizeBytes,
          top: this.#top,
          channel,
        });
      }
    };
    return signal === undefined ? run() : this.#endingWith(signal, run);
  }

  /** When the signal fires, the work has a moment to clean up after itself; then the caller is let go in any case. */
  #endingWith<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settled = new AbortController();
      const onAbort = (): void => {
        this.#clock.sleep(CLEAN_UP_GRACE_MS, settled.signal).then(
          () => reject(new TidemarkError('job.cancelled', {})),
          () => undefined,
        );
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const settle = (): void => {
        signal.removeEventListener('abort', onAbort);
        settled.abort();
      };
      work().then(
        (result) => {
          settle();
          resolve(result);
        },
        (error: unknown) => {
          settle();
          reject(error);
        },
      );
    });
  }

  /** The open channel, or a new one that all who need it meanwhile wait for. */
  #connect(): Promise<SftpChannel> {
    if (this.#closed.signal.aborted) throw connectionLost(this.location);
    this.#connecting ??= this.#connectAnew().then(
      (channel) => {
        this.#channel = channel;
        void channel.ended.then(() => (this.#connecting = undefined));
        return channel;
      },
      (error: unknown) => {
        this.#connecting = undefined;
        throw error;
      },
    );
    return this.#connecting;
  }

  /** The library is loaded by who needs it: most processes never meet such a place. */
  async #connectAnew(): Promise<SftpChannel> {
    const { connectSftp } = await import('#storage/sftp/connect-sftp.ts');
    return connectSftp(this.#place, this.#options);
  }

  #path(type: StorageFileType, name: string): string {
    return `${this.#top}/${objectPath(type, name)}`;
  }

  /** Notes what the config tells of the repository. */
  async #look(channel: SftpChannel): Promise<void> {
    const config = await channel.statIfThere(`${this.#top}/${CONFIG_NAME}`);
    this.#hadConfig = config !== undefined;
    if (config === undefined) return;
    this.#modes = (config.mode & GROUP_READ) === 0 ? PRIVATE_MODES : GROUP_MODES;
  }

  async #assertDriveThere(channel: SftpChannel): Promise<void> {
    if (!this.#hadConfig) return;
    if ((await channel.statIfThere(`${this.#top}/${CONFIG_NAME}`)) !== undefined) return;
    throw new TidemarkError('storage.driveGone', { location: this.location }, { retry: 'afterUser' });
  }

  async #throwMissing(channel: SftpChannel, kind: StorageFileType, name: string): Promise<never> {
    await this.#assertDriveThere(channel);
    throw new TidemarkError('storage.objectMissing', { kind, name });
  }

  async #makeTopFolder(channel: SftpChannel): Promise<void> {
    try {
      await makeFolder(channel, this.#top, PRIVATE_MODES.folder);
    } catch (error) {
      if (!hasStatus(error, STATUS.NO_SUCH_FILE)) throw error;
      throw unreachable(this.location, 'the folder above it is missing on the server', 'afterUser', error);
    }
  }

  async #saveMakingFolder(
    channel: SftpChannel,
    save: RemoteSave,
    type: StorageFileType,
    step: Step,
  ): Promise<RemoteSaveOutcome> {
    try {
      return await saveRemotely(channel, save, step);
    } catch (error) {
      if (!hasStatus(error, STATUS.NO_SUCH_FILE)) throw error;
      await this.#assertDriveThere(channel);
      await this.#makeMissingFolders(channel, type, save.name);
      return await saveRemotely(channel, save, step);
    }
  }

  /** One folder at a time, and never the top folder: where that is missing, the drive is. */
  async #makeMissingFolders(channel: SftpChannel, type: StorageFileType, name: string): Promise<void> {
    const { folder: mode } = this.#modes ?? PRIVATE_MODES;
    const parts = type === 'pack' ? [objectFolder(type), packSubfolder(name)] : [objectFolder(type)];
    let path = this.#top;
    for (const part of parts) {
      path = `${path}/${part}`;
      await makeFolder(channel, path, mode);
    }
  }
}

/** Fine when it is there; servers say of that only that it failed. */
async function makeFolder(channel: SftpChannel, path: string, mode: number): Promise<void> {
  try {
    await channel.makeFolder(path, mode);
  } catch (error) {
    if (!hasStatus(error, STATUS.FAILURE)) throw error;
    if ((await channel.statIfThere(path))?.isDirectory() !== true) throw error;
  }
}
