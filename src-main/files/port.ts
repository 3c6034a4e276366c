/**
 * The port to the person's own files. Calls are synchronous: they run in pipeline workers, where a synchronous call
 * costs a tenth of an asynchronous one. Paths are ByteStrings in the system's own form, absolute, of any length (adapters deal with limits).
 * Nothing here follows a symbolic link in the last component.
 * Errors: the system's own (NodeJS.ErrnoException shape with `code`, e.g. ENOENT); `describeFileError` words them.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { ExtendedAttribute } from '#base/extended-attribute.ts';

export type FileKind =
  'file' | 'dir' | 'symlink' | 'blockDevice' | 'charDevice' | 'fifo' | 'socket' | 'other';

export interface FileStat {
  readonly kind: FileKind;
  /** POSIX permission bits with set-uid, set-gid and sticky: 0o7777. */
  readonly permissions: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly links: number;
  /** 0 where the system has no reliable inodes. */
  readonly inode: bigint;
  readonly device: bigint;
  /** Device number of device nodes, else 0. */
  readonly rdev: bigint;
  /** Whole seconds since 1970, floored, and the nanoseconds above them (0 to 999 999 999). */
  readonly mtimeSec: number;
  readonly mtimeNsec: number;
  readonly ctimeSec: number;
  readonly ctimeNsec: number;
  readonly atimeSec: number;
  readonly atimeNsec: number;
}

/** Reading side, used by backup. */
export interface SourceFiles {
  /** lstat. */
  stat(path: ByteString): FileStat;
  /** Names in the folder, raw bytes, any order, without `.` and `..`. */
  list(path: ByteString): ByteString[];
  readLink(path: ByteString): ByteString;
  /** Extended attributes incl. POSIX ACLs in the system's listing order; empty where unsupported. Does not follow links. */
  extendedAttributes(path: ByteString): readonly ExtendedAttribute[];
  /** Opens a regular file for reading without following a link and without changing its access time where that is allowed. */
  open(path: ByteString): OpenSource;
  userName(uid: number): string | undefined;
  groupName(gid: number): string | undefined;
}

export interface OpenSource {
  stat(): FileStat;
  /** Fills as much of `into` as it can from the current position; 0 = end of file. */
  read(into: Uint8Array): number;
  /** The next read starts so many bytes from the beginning. */
  seek(offset: number): void;
  close(): void;
}

/** Metadata a restore applies; times in seconds and nanoseconds. */
export interface FileMetadata {
  readonly kind: FileKind;
  readonly permissions: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSec: number;
  readonly mtimeNsec: number;
  readonly atimeSec: number;
  readonly atimeNsec: number;
  readonly extendedAttributes: readonly ExtendedAttribute[];
}

/** One thing that could not be applied; the restore goes on. */
export interface MetadataProblem {
  readonly what: 'owner' | 'permissions' | 'times' | 'attribute';
  /** Attribute name, or empty. */
  readonly detail: string;
  readonly reason: string;
}

/**
 * Writing side, used by restore. A TargetRoot is opened once; every path given to it is a list of names below it, each a plain base name.
 * No component is ever followed through a symbolic link, whoever changes the tree meanwhile: the adapter walks by directory handles.
 */
export interface TargetFiles {
  /**
   * Opens the folder to restore into. Links above and at the root itself are the person's own and are followed.
   * `missing`: what to do where it is not there: `make` it with its missing parents (the default), or `fail` with ENOENT.
   */
  openRoot(path: ByteString, missing?: 'make' | 'fail'): TargetRoot;
}

export type TargetPath = readonly ByteString[];

export interface TargetRoot {
  stat(path: TargetPath): FileStat | undefined;
  list(path: TargetPath): ByteString[];
  /** Where the symbolic link at `path` points. */
  readLink(path: TargetPath): ByteString;
  /** Makes one folder (its parent exists), 0700; an existing real folder is fine. @throws EEXIST when something else is there. */
  makeDir(path: TargetPath): void;
  /** Creates a new file exclusively (0600). @throws EEXIST */
  createFile(path: TargetPath): OpenTarget;
  /** Opens an existing regular file, for reading and writing unless told otherwise. @throws ENOENT, ELOOP for a link */
  openFile(path: TargetPath, access?: 'read' | 'write'): OpenTarget;
  makeSymlink(path: TargetPath, target: ByteString): void;
  makeHardLink(existing: TargetPath, path: TargetPath): void;
  makeFifo(path: TargetPath): void;
  makeDevice(path: TargetPath, kind: 'blockDevice' | 'charDevice', rdev: bigint): void;
  /** Removes a file, link, device or empty folder. */
  remove(path: TargetPath): void;
  /** Replaces `to` atomically. */
  rename(from: TargetPath, to: TargetPath): void;
  /** Gives a file or link a new name, never in the place of something else. @throws EEXIST */
  renameNew(from: TargetPath, to: TargetPath): void;
  /** Owner, then attributes, then mode, then times; removes attributes that the metadata does not have. Never throws for what cannot be applied. */
  applyMetadata(path: TargetPath, metadata: FileMetadata): MetadataProblem[];
  extendedAttributes(path: TargetPath): readonly ExtendedAttribute[];
  freeSpaceBytes(): number | undefined;
  /**
   * Makes everything durable that was written to the file systems of these folders: cheaper than one file at a time when there
   * are many. Absent where the system cannot; then each file is flushed by itself. @throws the system's errors
   */
  flushAround?(folders: readonly TargetPath[]): void;
  close(): void;
}

export interface OpenTarget {
  /** Writes all of `bytes` at `offset`. */
  write(bytes: Uint8Array, offset: number): void;
  read(into: Uint8Array, offset: number): number;
  truncate(sizeBytes: number): void;
  sizeBytes(): number;
  /** Returns when the content is durable. */
  flush(): void;
  /** As TargetRoot's, for a file that still has the name it was opened with; cheaper. */
  applyMetadata(metadata: FileMetadata): MetadataProblem[];
  close(): void;
}
