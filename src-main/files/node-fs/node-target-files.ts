/**
 * TargetFiles over node:fs, the common base of the macOS and Windows adapters. node:fs has no handles relative to folders, so
 * every folder on the way is looked at before each call: a link that is there is refused, but one planted between the look
 * and the call is followed. Only the Linux adapter closes that gap.
 * Not carried here unless the system's extras add it: attributes, fifos, devices, exact nanoseconds.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { ExtendedAttribute } from '#base/extended-attribute.ts';
import { errnoError } from '#files/errno-error.ts';
import { applyNodeMetadata } from '#files/node-fs/apply-node-metadata.ts';
import { toFileStat } from '#files/node-fs/node-stat.ts';
import type { NativePath, SystemExtras } from '#files/node-fs/system-extras.ts';
import type {
  FileMetadata,
  FileStat,
  MetadataProblem,
  OpenTarget,
  TargetFiles,
  TargetPath,
  TargetRoot,
} from '#files/port.ts';
import fs from 'node:fs';
import { constants } from 'node:os';

const { EINVAL, EIO, ENOTDIR, ENOTSUP } = constants.errno;

export class NodeTargetFiles implements TargetFiles {
  readonly #extras: SystemExtras;

  constructor(extras: SystemExtras) {
    this.#extras = extras;
  }

  openRoot(path: ByteString, missing: 'make' | 'fail' = 'make'): TargetRoot {
    const native = this.#extras.toNative(path);
    if (missing === 'make') fs.mkdirSync(native, { recursive: true, mode: 0o700 });
    if (!fs.statSync(native).isDirectory()) throw errnoError(ENOTDIR, 'open', String(native));
    return new NodeTargetRoot(this.#extras, path);
  }
}

class NodeTargetRoot implements TargetRoot {
  readonly #extras: SystemExtras;
  readonly #root: ByteString;

  constructor(extras: SystemExtras, root: ByteString) {
    this.#extras = extras;
    this.#root = root;
  }

  stat(path: TargetPath): FileStat | undefined {
    const native = this.#nativeParentChecked(path);
    if (native === undefined) return undefined;
    const stats = fs.lstatSync(native, { bigint: true, throwIfNoEntry: false });
    return stats && toFileStat(stats, this.#extras);
  }

  list(path: TargetPath): ByteString[] {
    const native = this.#native(path);
    if (path.length > 0 && fs.lstatSync(native).isSymbolicLink())
      throw errnoError(ENOTDIR, 'scandir', String(native));
    return fs.readdirSync(native, { encoding: 'buffer' }).map((name) => this.#extras.fromNative(name));
  }

  readLink(path: TargetPath): ByteString {
    return this.#extras.fromNative(fs.readlinkSync(this.#native(path), { encoding: 'buffer' }));
  }

  makeDir(path: TargetPath): void {
    const native = this.#native(path);
    try {
      fs.mkdirSync(native, { mode: 0o700 });
    } catch (error) {
      if (!hasCode(error, 'EEXIST') || this.stat(path)?.kind !== 'dir') throw error;
    }
  }

  createFile(path: TargetPath): OpenTarget {
    return this.#opened(fs.openSync(this.#native(path), 'wx+', 0o600), path);
  }

  openFile(path: TargetPath, access: 'read' | 'write' = 'write'): OpenTarget {
    const native = this.#native(path);
    const { O_RDONLY, O_RDWR, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
    if (O_NOFOLLOW === undefined && fs.lstatSync(native).isSymbolicLink())
      throw errnoError(constants.errno.ELOOP, 'open', String(native));
    const fd = fs.openSync(
      native,
      (access === 'read' ? O_RDONLY : O_RDWR) | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0),
    );
    if (fs.fstatSync(fd).isFile()) return this.#opened(fd, path);
    fs.closeSync(fd);
    throw errnoError(EINVAL, 'open', String(native));
  }

  makeSymlink(path: TargetPath, target: ByteString): void {
    // Windows needs to know whether the target is a folder; node:fs finds that out itself when it exists.
    fs.symlinkSync(
      this.#extras.separator === '/' ? Buffer.from(target, 'latin1') : this.#extras.toNative(target),
      this.#native(path),
    );
  }

  makeHardLink(existing: TargetPath, path: TargetPath): void {
    fs.linkSync(this.#native(existing), this.#native(path));
  }

  makeFifo(path: TargetPath): void {
    const native = this.#native(path);
    if (!this.#extras.makeFifo) throw errnoError(ENOTSUP, 'mkfifo', String(native));
    this.#extras.makeFifo(this.#join(path));
  }

  makeDevice(path: TargetPath, kind: 'blockDevice' | 'charDevice', rdev: bigint): void {
    const native = this.#native(path);
    if (!this.#extras.makeDevice) throw errnoError(ENOTSUP, 'mknod', String(native));
    this.#extras.makeDevice(this.#join(path), kind, rdev);
  }

  remove(path: TargetPath): void {
    const native = this.#native(path);
    if (fs.lstatSync(native).isDirectory()) fs.rmdirSync(native);
    else fs.unlinkSync(native);
  }

  rename(from: TargetPath, to: TargetPath): void {
    fs.renameSync(this.#native(from), this.#native(to));
  }

  renameNew(from: TargetPath, to: TargetPath): void {
    const native = this.#native(to);
    try {
      fs.linkSync(this.#native(from), native);
    } catch (error) {
      if (hasCode(error, 'EEXIST') || hasCode(error, 'ENOENT')) throw error;
      // A disk without hard links: no way that is safe against a name that appears in this very moment.
      if (this.stat(to) !== undefined) throw errnoError(constants.errno.EEXIST, 'rename', String(native));
      fs.renameSync(this.#native(from), native);
      return;
    }
    fs.unlinkSync(this.#native(from));
  }

  applyMetadata(path: TargetPath, metadata: FileMetadata): MetadataProblem[] {
    return applyNodeMetadata(this.#extras, this.#join(path), () => this.#native(path), metadata);
  }

  extendedAttributes(path: TargetPath): readonly ExtendedAttribute[] {
    this.#native(path);
    return this.#extras.readAttributes(this.#join(path));
  }

  freeSpaceBytes(): number | undefined {
    try {
      const { bavail, bsize } = fs.statfsSync(this.#extras.toNative(this.#root));
      return bavail * bsize;
    } catch {
      return undefined;
    }
  }

  close(): void {
    // Nothing is held open between calls.
  }

  #opened(fd: number, path: TargetPath): NodeOpenTarget {
    return new NodeOpenTarget(fd, (metadata) => this.applyMetadata(path, metadata));
  }

  #join(path: TargetPath): ByteString {
    return [this.#root, ...path].join(this.#extras.separator) as ByteString;
  }

  /** @throws ENOENT, ENOTDIR when a folder on the way is missing or no real folder; EINVAL for a name that is none. */
  #native(path: TargetPath): NativePath {
    const native = this.#nativeParentChecked(path);
    if (native === undefined)
      throw errnoError(constants.errno.ENOENT, 'open', String(this.#extras.toNative(this.#join(path))));
    return native;
  }

  #nativeParentChecked(path: TargetPath): NativePath | undefined {
    for (const [depth, name] of path.entries()) {
      if (!this.#extras.isBaseName(name)) throw errnoError(EINVAL, 'open', JSON.stringify(name));
      if (depth === 0) continue;
      const parent = this.#extras.toNative(this.#join(path.slice(0, depth)));
      const stats = fs.lstatSync(parent, { throwIfNoEntry: false });
      if (stats === undefined) return undefined;
      if (!stats.isDirectory()) throw errnoError(ENOTDIR, 'open', String(parent));
    }
    return this.#extras.toNative(this.#join(path));
  }
}

class NodeOpenTarget implements OpenTarget {
  readonly #fd: number;
  /** By the name it was opened with: what node:fs offers for handles is not enough. */
  readonly #applyMetadata: (metadata: FileMetadata) => MetadataProblem[];
  #isClosed = false;

  constructor(fd: number, applyMetadata: (metadata: FileMetadata) => MetadataProblem[]) {
    this.#fd = fd;
    this.#applyMetadata = applyMetadata;
  }

  write(bytes: Uint8Array, offset: number): void {
    for (let done = 0; done < bytes.length;) {
      const count = fs.writeSync(this.#fd, bytes, done, bytes.length - done, offset + done);
      if (count === 0) throw errnoError(EIO, 'write', '');
      done += count;
    }
  }

  read(into: Uint8Array, offset: number): number {
    let filled = 0;
    while (filled < into.length) {
      const count = fs.readSync(this.#fd, into, filled, into.length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  truncate(sizeBytes: number): void {
    fs.ftruncateSync(this.#fd, sizeBytes);
  }

  sizeBytes(): number {
    return fs.fstatSync(this.#fd).size;
  }

  flush(): void {
    fs.fsyncSync(this.#fd);
  }

  applyMetadata(metadata: FileMetadata): MetadataProblem[] {
    return this.#applyMetadata(metadata);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    fs.closeSync(this.#fd);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
