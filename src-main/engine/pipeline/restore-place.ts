/**
 * A worker's hold on the folder it restores into: opened once, kept between jobs, together with the buffer for reading back.
 * Everything gets its final name last and in one step, so that a kill leaves no half file under a final name.
 * Invariant: a file under its final name has all its content, compared with what was proven, and its metadata.
 */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { FileMetadata, MetadataProblem, OpenTarget, TargetPath, TargetRoot } from '#files/port.ts';
import { parseTime } from '#format/time.ts';
import { errorCodeOf } from './jobs/error-code.ts';
import type { EntryMetadata, EntryProblem, RestoreSettings } from './restore-types.ts';
import type { JobContext } from './worker-thread.ts';

/** Zeros are worth a hole from one block of a usual file system on. */
const HOLE_BYTES = 4096;
const ZEROS = Buffer.alloc(HOLE_BYTES);
const READ_BACK_BYTES = 1 << 18;

const places = new WeakMap<JobContext, RestorePlace>();

/** The place of this thread's present restore. */
export function restorePlace(context: JobContext, settings: RestoreSettings): RestorePlace {
  const known = places.get(context);
  if (known !== undefined) return known;
  const root = context.targetFiles.openRoot(settings.target, settings.isDryRun ? 'fail' : 'make');
  const place = new RestorePlace(root, settings);
  places.set(context, place);
  return place;
}

export function leaveRestorePlace(context: JobContext): void {
  places.get(context)?.root.close();
  places.delete(context);
}

export class RestorePlace {
  readonly root: TargetRoot;
  readonly #settings: RestoreSettings;
  readonly #readBack = Buffer.allocUnsafeSlow(READ_BACK_BYTES);

  constructor(root: TargetRoot, settings: RestoreSettings) {
    this.root = root;
    this.#settings = settings;
  }

  /** A whole file from nothing to its final name. @throws files.noSpace */
  writeFile(
    folder: TargetPath,
    name: ByteString,
    content: Uint8Array,
    metadata: EntryMetadata,
    isReplacing: boolean,
    temporary: number,
  ): EntryProblem | undefined {
    const path = [...folder, this.#temporaryName(temporary)];
    return this.#under(path, [...folder, name], isReplacing, () => {
      const file = this.root.createFile(path);
      try {
        if (this.write(file, content, 0) < content.length) file.truncate(content.length);
        return applyMetadata((values) => file.applyMetadata(values), metadata);
      } finally {
        file.close();
      }
    });
  }

  /** Opens the unfinished file, which another worker may have made. */
  openUnfinished(path: TargetPath): OpenTarget {
    for (;;) {
      try {
        return this.root.openFile(path);
      } catch (error) {
        if (errorCodeOf(error) !== 'ENOENT') throw error;
      }
      try {
        return this.root.createFile(path);
      } catch (error) {
        if (errorCodeOf(error) !== 'EEXIST') throw error;
      }
    }
  }

  /** @throws files.noSpace */
  finishFile(
    folder: TargetPath,
    temporaryName: ByteString,
    name: ByteString,
    sizeBytes: number,
    metadata: EntryMetadata,
    isReplacing: boolean,
  ): EntryProblem | undefined {
    const path = [...folder, temporaryName];
    return this.#under(path, [...folder, name], isReplacing, () => {
      const file = this.root.openFile(path);
      try {
        file.truncate(sizeBytes);
        return applyMetadata((values) => file.applyMetadata(values), metadata);
      } finally {
        file.close();
      }
    });
  }

  /** Links, fifos, devices: `make` makes it under the name it is given. @throws files.noSpace */
  makeEntry(
    folder: TargetPath,
    name: ByteString,
    isReplacing: boolean,
    temporary: number,
    metadata: EntryMetadata | undefined,
    make: (path: TargetPath) => void,
  ): EntryProblem | undefined {
    const path = [...folder, this.#temporaryName(temporary)];
    return this.#under(path, [...folder, name], isReplacing, () => {
      make(path);
      return metadata === undefined
        ? []
        : applyMetadata((values) => this.root.applyMetadata(path, values), metadata);
    });
  }

  /** Metadata of something that is there. */
  applyMetadata(path: TargetPath, metadata: EntryMetadata): EntryProblem | undefined {
    return incomplete(applyMetadata((values) => this.root.applyMetadata(path, values), metadata));
  }

  /**
   * Writes what is not zero, leaves holes for the rest, and compares what the disk then says with `content`. Returns how much
   * of `content` lies before the file's end for sure: zeros at the end of it are no part of the file until that gets its
   * length. It is not given here, because another worker may be writing what comes behind.
   */
  write(file: OpenTarget, content: Uint8Array, offset: number): number {
    const length = this.#settings.sparse ? writeWithHoles(file, content, offset) : content.length;
    if (!this.#settings.sparse) file.write(content, offset);
    if (this.#settings.verify) this.#compare(file, content.subarray(0, length), offset);
    return length;
  }

  discard(path: TargetPath): void {
    try {
      this.root.remove(path);
    } catch (error) {
      // Not there, or gone with its disk: there is nothing left to do for it.
      errorCodeOf(error);
    }
  }

  #temporaryName(temporary: number): ByteString {
    return `${this.#settings.temporaryPrefix}${temporary}` as ByteString;
  }

  /** Makes something at `path` and then gives it its final name; leaves nothing at `path` in any case. */
  #under(
    path: TargetPath,
    finalPath: TargetPath,
    isReplacing: boolean,
    make: () => readonly MetadataProblem[],
  ): EntryProblem | undefined {
    try {
      const problems = make();
      if (isReplacing) this.root.rename(path, finalPath);
      else this.root.renameNew(path, finalPath);
      return incomplete(problems);
    } catch (error) {
      this.discard(path);
      if (error instanceof ReadBackMismatch) return { kind: 'failed', code: 'EIO' };
      const code = errorCodeOf(error);
      throwIfFull(code, finalPath, error);
      return code === 'EEXIST' || code === 'EISDIR' || code === 'ENOTEMPTY'
        ? { kind: 'conflict' }
        : { kind: 'failed', code };
    }
  }

  #compare(file: OpenTarget, content: Uint8Array, offset: number): void {
    for (let at = 0; at < content.length; at += READ_BACK_BYTES) {
      const piece = content.subarray(at, at + READ_BACK_BYTES);
      const into = this.#readBack.subarray(0, piece.length);
      const count = file.read(into, offset + at);
      if (count !== piece.length || Buffer.compare(into, piece) !== 0) throw new ReadBackMismatch();
    }
  }
}

/** The disk says something else than what was written. */
export class ReadBackMismatch extends Error {}

/** @throws files.noSpace for what the system says of a full disk */
export function throwIfFull(code: string, path: TargetPath, cause: unknown): void {
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return;
  const display = path.map(toDisplay).join('/');
  throw new TidemarkError('files.noSpace', { path: display }, { retry: 'afterUser', cause });
}

function incomplete(problems: readonly MetadataProblem[]): EntryProblem | undefined {
  return problems.length === 0 ? undefined : { kind: 'incomplete', problems };
}

/** Returns how much there is of `content` up to the end of the last data. */
function writeWithHoles(file: OpenTarget, content: Uint8Array, offset: number): number {
  let start = 0;
  let written = 0;
  for (let at = firstBlock(offset); at < content.length;) {
    const end = Math.min(at + HOLE_BYTES, content.length);
    if (end - at < HOLE_BYTES || !isZero(content, at)) {
      at = end;
      continue;
    }
    if (at > start) {
      file.write(content.subarray(start, at), offset + start);
      written = at;
    }
    while (at + HOLE_BYTES <= content.length && isZero(content, at)) at += HOLE_BYTES;
    start = at;
  }
  if (start === content.length) return written;
  file.write(start === 0 ? content : content.subarray(start), offset + start);
  return content.length;
}

/** Distance from `offset` to the next block of the file. */
function firstBlock(offset: number): number {
  return (HOLE_BYTES - (offset % HOLE_BYTES)) % HOLE_BYTES;
}

/** Two looks settle it for almost all data. */
function isZero(content: Uint8Array, at: number): boolean {
  return (
    content[at] === 0 &&
    content[at + HOLE_BYTES - 1] === 0 &&
    ZEROS.compare(content, at, at + HOLE_BYTES) === 0
  );
}

function applyMetadata(
  apply: (values: FileMetadata) => MetadataProblem[],
  metadata: EntryMetadata,
): readonly MetadataProblem[] {
  const { kind, permissions, uid, gid } = metadata;
  const unreadable: MetadataProblem[] = [];
  const mtime = timeOf(metadata.mtime, unreadable);
  const atime = metadata.atime === undefined ? mtime : timeOf(metadata.atime, unreadable);
  const problems = apply({
    kind,
    permissions,
    uid,
    gid,
    mtimeSec: mtime.sec,
    mtimeNsec: mtime.nsec,
    atimeSec: atime.sec,
    atimeNsec: atime.nsec,
    extendedAttributes: metadata.extendedAttributes ?? [],
  });
  return unreadable.length === 0 ? problems : [...unreadable, ...problems];
}

function timeOf(text: string, problems: MetadataProblem[]): { readonly sec: number; readonly nsec: number } {
  try {
    return parseTime(text);
  } catch {
    problems.push({ what: 'times', detail: '', reason: 'the stored time is not valid' });
    return { sec: 0, nsec: 0 };
  }
}
