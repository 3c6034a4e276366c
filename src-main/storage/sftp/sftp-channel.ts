/**
 * One open SFTP channel as promises that always settle. ssh2 leaves calls on a dead channel unanswered for ever, and has no
 * time-out once connected; here every call ends when the channel does, and the channel ends when the server has answered
 * nothing for too long although it was asked.
 * Owns how much is asked at once: data is written and read in pieces, of which so many are under way for all transfers
 * together, whose memory is so bounded too. Uses ssh2's calls on handles only; those on whole files hang when a
 * connection drops. Server answers are rejected with as they come (`hasStatus`), anything else with a TidemarkError.
 */
import type { Client, FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2';
import type { Clock } from '#base/clock.ts';
import { TidemarkError } from '#base/errors.ts';
import {
  STATUS,
  connectionLost,
  hasStatus,
  isStatusError,
  type FileSystemFacts,
} from '#storage/sftp/sftp-errors.ts';
import { SlotQueue } from '#storage/slot-queue.ts';

export type SftpExtension = 'posix-rename' | 'hardlink' | 'fsync' | 'statvfs';

export type Handle = Buffer;

export interface SftpChannelOptions {
  readonly clock: Clock;
  /** For errors. */
  readonly location: string;
  /** Silence of the server, while it is asked something, after which the channel is given up. */
  readonly stallTimeoutMs: number;
}

interface Transfer {
  readonly pieceBytes: number;
  readonly piecesAtOnce: number;
  /** Open at the server to be listed. */
  readonly foldersAtOnce: number;
}

/** What every server takes; ssh2 sends at most 31 952 bytes in one request to one that does not name its limit. */
const PLAIN_TRANSFER: Transfer = { pieceBytes: 31 << 10, piecesAtOnce: 64, foldersAtOnce: 64 };
/** For servers that name their limits: OpenSSH's is 255 KiB, and 1000 files. */
const LARGE_TRANSFER: Transfer = { pieceBytes: 255 << 10, piecesAtOnce: 16, foldersAtOnce: 128 };

/** Flag of statvfs for a file system that is mounted to be read only. Source: OpenSSH's PROTOCOL, section 4.4. */
const READ_ONLY_FLAG = 1;

export class SftpChannel {
  readonly transfer: Transfer;
  /** One for each piece under way. */
  readonly slots: SlotQueue;
  /** Whose pieces are being sent, and asked for. */
  readonly uploads = new SlotQueue(1);
  readonly downloads = new SlotQueue(1);
  /** Resolves when the channel has ended, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #client: Client;
  readonly #sftp: SFTPWrapper;
  readonly #options: SftpChannelOptions;
  readonly #extensions: Readonly<Record<string, string>>;
  readonly #pending = new Set<(error: TidemarkError) => void>();
  readonly #closed = new AbortController();
  #lost: TidemarkError | undefined;
  #progressAtMs = 0;
  #isWatching = false;
  #onEnd!: () => void;

  constructor(client: Client, sftp: SFTPWrapper, options: SftpChannelOptions) {
    this.#client = client;
    this.#sftp = sftp;
    this.#options = options;
    // Not part of ssh2's types; the calls themselves throw where an extension is missing, which is too late.
    this.#extensions = (sftp as { _extensions?: Record<string, string> })._extensions ?? {};
    this.transfer = transferOf(sftp, this.#extensions['limits@openssh.com'] === '1');
    this.slots = new SlotQueue(this.transfer.piecesAtOnce);
    this.ended = new Promise((resolve) => (this.#onEnd = resolve));
    const lose = (error?: Error): void => this.#end(connectionLost(options.location, error));
    client.on('error', lose);
    client.on('close', () => lose());
    sftp.on('error', lose);
    sftp.on('close', () => lose());
  }

  get isEnded(): boolean {
    return this.#lost !== undefined;
  }

  has(extension: SftpExtension): boolean {
    return this.#extensions[`${extension}@openssh.com`] !== undefined;
  }

  open(path: string, flags: 'r' | 'wx', mode?: number): Promise<Handle> {
    return this.#call((done) => {
      if (mode === undefined) this.#sftp.open(path, flags, done);
      else this.#sftp.open(path, flags, { mode }, done);
    });
  }

  close(handle: Handle): Promise<void> {
    return this.#call((done) => this.#sftp.close(handle, done));
  }

  write(handle: Handle, bytes: Buffer, offset: number, length: number): Promise<void> {
    return this.#call((done) =>
      this.#sftp.write(handle, bytes, offset, length, offset, (error) => done(error)),
    );
  }

  /** Into `bytes` at `at`. @returns how many, possibly fewer than asked for; 0 at the end of the file */
  read(handle: Handle, bytes: Buffer, at: number, length: number, position: number): Promise<number> {
    return this.#call((done) => this.#sftp.read(handle, bytes, at, length, position, done));
  }

  fstat(handle: Handle): Promise<Stats> {
    return this.#call((done) => this.#sftp.fstat(handle, done));
  }

  stat(path: string): Promise<Stats> {
    return this.#call((done) => this.#sftp.stat(path, done));
  }

  /** Undefined: nothing has this name. */
  async statIfThere(path: string): Promise<Stats | undefined> {
    try {
      return await this.stat(path);
    } catch (error) {
      if (hasStatus(error, STATUS.NO_SUCH_FILE)) return undefined;
      throw error;
    }
  }

  /** All entries but `.` and `..`. */
  async readFolder(path: string): Promise<FileEntryWithStats[]> {
    const handle = await this.#call<Handle>((done) => this.#sftp.opendir(path, done));
    const entries: FileEntryWithStats[] = [];
    try {
      for (;;) {
        // Of most folders the first answer has all and the second says that this was all: they are asked for together.
        const answers = [this.#readSome(handle), this.#readSome(handle)];
        for (const answer of answers) answer.catch(() => undefined);
        for (const answer of answers) {
          const some = await answer;
          if (some === undefined) return entries;
          entries.push(...some);
        }
      }
    } finally {
      // Nothing can be lost by it, so nobody waits for it.
      this.close(handle).catch(() => undefined);
    }
  }

  /** Undefined: that was all. */
  async #readSome(folder: Handle): Promise<FileEntryWithStats[] | undefined> {
    try {
      // Of a handle, which the library's types do not know.
      return await this.#call((done) => this.#sftp.readdir(folder as unknown as string, done));
    } catch (error) {
      if (hasStatus(error, STATUS.EOF)) return undefined;
      throw error;
    }
  }

  unlink(path: string): Promise<void> {
    return this.#call((done) => this.#sftp.unlink(path, done));
  }

  makeFolder(path: string, mode: number): Promise<void> {
    return this.#call((done) => this.#sftp.mkdir(path, { mode }, done));
  }

  /** What happens when the target exists differs between servers. */
  rename(from: string, to: string): Promise<void> {
    return this.#call((done) => this.#sftp.rename(from, to, done));
  }

  /** Replaces the target. Extension `posix-rename`. */
  replace(from: string, to: string): Promise<void> {
    return this.#call((done) => this.#sftp.ext_openssh_rename(from, to, done));
  }

  /** Fails when the target exists. Extension `hardlink`. */
  link(from: string, to: string): Promise<void> {
    return this.#call((done) => this.#sftp.ext_openssh_hardlink(from, to, done));
  }

  /** Extension `fsync`. */
  flush(handle: Handle): Promise<void> {
    return this.#call((done) => this.#sftp.ext_openssh_fsync(handle, (error) => done(error)));
  }

  /** Undefined where the server has no such extension. */
  async statvfs(path: string): Promise<FileSystemFacts | undefined> {
    if (!this.has('statvfs')) return undefined;
    const facts = await this.#call<Record<string, number>>((done) =>
      this.#sftp.ext_openssh_statvfs(path, done),
    );
    const { f_frsize = 0, f_bavail = 0, f_files = 0, f_favail = 0, f_flag = 0 } = facts;
    return {
      freeBytes: f_bavail * f_frsize,
      allFiles: f_files,
      freeFiles: f_favail,
      isReadOnly: (f_flag & READ_ONLY_FLAG) !== 0,
    };
  }

  /** Ends the connection; what is under way fails. */
  end(): void {
    this.#end(connectionLost(this.#options.location));
  }

  #call<T>(issue: (done: (error: Error | null | undefined, value?: unknown) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#lost !== undefined) {
        reject(this.#lost);
        return;
      }
      const done = (error: Error | null | undefined, value?: unknown): void => {
        this.#pending.delete(reject);
        this.#progressAtMs = this.#options.clock.monotonicMs();
        if (error === undefined || error === null) resolve(value as T);
        else if (isStatusError(error)) reject(error);
        else reject(this.#lost ?? connectionLost(this.#options.location, error));
      };
      if (this.#pending.size === 0) this.#progressAtMs = this.#options.clock.monotonicMs();
      this.#pending.add(reject);
      try {
        issue(done);
      } catch (error) {
        this.#pending.delete(reject);
        reject(error);
        return;
      }
      if (!this.#isWatching) void this.#watch();
    });
  }

  /** Runs while something is asked. */
  async #watch(): Promise<void> {
    this.#isWatching = true;
    const { clock, location, stallTimeoutMs } = this.#options;
    try {
      while (this.#pending.size > 0) {
        const leftMs = this.#progressAtMs + stallTimeoutMs - clock.monotonicMs();
        if (leftMs <= 0) {
          this.#end(
            new TidemarkError('storage.timeout', { location, operation: 'answer' }, { retry: 'later' }),
          );
          break;
        }
        await clock.sleep(leftMs, this.#closed.signal);
      }
    } catch {
      // Ended meanwhile: nothing left to watch.
    } finally {
      this.#isWatching = false;
    }
  }

  #end(error: TidemarkError): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    this.#closed.abort();
    this.#client.destroy();
    for (const fail of this.#pending) fail(error);
    this.#pending.clear();
    this.#onEnd();
  }
}

/** The library would send a larger piece as several requests, each after the answer to the one before. */
function transferOf(sftp: SFTPWrapper, namesLimits: boolean): Transfer {
  const usual = namesLimits ? LARGE_TRANSFER : PLAIN_TRANSFER;
  const { _maxWriteLen = Infinity, maxOpenHandles = Infinity } = sftp as {
    _maxWriteLen?: number;
    maxOpenHandles?: number;
  };
  return {
    ...usual,
    pieceBytes: Math.min(usual.pieceBytes, _maxWriteLen),
    // Half of what it has: others are open besides.
    foldersAtOnce: Math.max(1, Math.min(usual.foldersAtOnce, Math.floor(maxOpenHandles / 2))),
  };
}
