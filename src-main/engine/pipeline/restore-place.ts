/**
 * A worker's hold on the folder it restores into: opened once, kept between jobs, together with the buffer for reading back.
 * Everything gets its final name last and in one step, so that a kill leaves no half file under a final name.
 * With safe keeping, names are given at the end of a job, all together (`commit`): the journal is then written once for them.
 * Invariant: a file under its final name has all its content, compared with what was proven, and its metadata.
 */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { FileMetadata, MetadataProblem, OpenTarget, TargetPath, TargetRoot } from '#files/port.ts';
import { parseTime } from '#format/time.ts';
import { errorCodeOf } from './jobs/error-code.ts';
import type { EntryMetadata, EntryProblem, PlaceOutcome, RestoreSettings } from './restore-types.ts';
import { SafeKeeping, type Move } from './safe-keeping.ts';
import { contentMarkOf, type ContentMark } from './undo-journal.ts';
import type { JobContext } from './worker-thread.ts';

/** Zeros are worth a hole from one block of a usual file system on. */
const HOLE_BYTES = 4096;
const ZEROS = Buffer.alloc(HOLE_BYTES);
const READ_BACK_BYTES = 1 << 18;
/** With more files than this in a job it is cheaper to flush the file system than each file. */
const FLUSHED_EACH = 8;

const places = new WeakMap<JobContext, RestorePlace>();

/** The place of this thread's present restore. */
export function restorePlace(context: JobContext, settings: RestoreSettings): RestorePlace {
  const known = places.get(context);
  if (known !== undefined) return known;
  const root = context.targetFiles.openRoot(settings.target, settings.isDryRun ? 'fail' : 'make');
  const { undoId, undoRun, isDryRun } = settings;
  const name = `${undoRun}-${Buffer.from(context.primitives.randomBytes(4)).toString('hex')}`;
  const keeping = undoId === undefined || isDryRun ? undefined : new SafeKeeping(root, undoId, name);
  const place = new RestorePlace(root, settings, keeping);
  places.set(context, place);
  return place;
}

export function leaveRestorePlace(context: JobContext): void {
  places.get(context)?.close();
  places.delete(context);
}

/** What a job does at its end. */
type Waiting = { readonly index: number } & (
  | { readonly kind: 'move'; readonly move: Move; readonly problems: readonly MetadataProblem[] }
  | { readonly kind: 'metadata'; readonly path: TargetPath; readonly metadata: EntryMetadata }
);

export class RestorePlace {
  readonly root: TargetRoot;
  /** Undefined when nothing is kept. */
  readonly keeping: SafeKeeping | undefined;
  readonly #settings: RestoreSettings;
  readonly #readBack = Buffer.allocUnsafeSlow(READ_BACK_BYTES);
  #waiting: Waiting[] = [];
  #index = 0;
  #flushesEach = false;

  constructor(root: TargetRoot, settings: RestoreSettings, keeping: SafeKeeping | undefined) {
    this.root = root;
    this.keeping = keeping;
    this.#settings = settings;
  }

  close(): void {
    this.keeping?.close();
    this.root.close();
  }

  /** At the beginning of a job with so many uses or entries. */
  begin(count: number): void {
    this.#waiting = [];
    this.#flushesEach =
      this.keeping !== undefined && (count <= FLUSHED_EACH || this.root.flushAround === undefined);
  }

  /** What is done from now on is done for this use or entry of the job. */
  at(index: number): void {
    this.#index = index;
  }

  /**
   * At the end of a job: what was made gets its name, what was there goes into safe keeping. Returns how it went where it did
   * not go well. @throws files.noSpace
   */
  commit(): PlaceOutcome[] {
    const waiting = this.#waiting;
    const { keeping } = this;
    if (keeping === undefined || waiting.length === 0) return [];
    const moves = waiting.filter((item) => item.kind === 'move');
    const codes = new Map<Waiting, string | undefined>();
    try {
      if (!this.#flushesEach) this.#flushAround(moves.map(({ move }) => move));
      for (const item of waiting) if (item.kind === 'metadata') this.#noteMetadata(item);
      const results = keeping.moveAll(moves.map(({ move }) => move));
      for (const [index, item] of moves.entries()) codes.set(item, results[index]);
    } catch (error) {
      const code = errorCodeOf(error);
      throwIfFull(code, moves[0]?.move.path ?? [], error);
      return waiting.map(({ index }) => ({ index, kind: 'failed', code }));
    }
    this.#waiting = [];
    const outcomes: PlaceOutcome[] = [];
    for (const item of waiting) {
      const outcome = this.#outcomeOf(item, codes.get(item));
      if (outcome !== undefined) outcomes.push({ index: item.index, ...outcome });
    }
    for (const { move } of moves.filter((item) => codes.get(item) !== undefined))
      if (move.from !== undefined) this.discard(move.from);
    for (const item of moves) throwIfFull(codes.get(item) ?? '', item.move.path, undefined);
    return outcomes;
  }

  /** After an error in a job: what was made in it and has no name yet is removed. */
  abandon(): void {
    for (const item of this.#waiting.splice(0))
      if (item.kind === 'move' && item.move.from !== undefined) this.discard(item.move.from);
  }

  #outcomeOf(item: Waiting, code: string | undefined): EntryProblem | undefined {
    if (code !== undefined) return problemOf(code);
    return item.kind === 'move' ? incomplete(item.problems) : this.applyMetadata(item.path, item.metadata);
  }

  #flushAround(moves: readonly Move[]): void {
    const folders = new Map<string, TargetPath>();
    for (const { path, from } of moves)
      if (from !== undefined) folders.set(path.slice(0, -1).join('/'), path.slice(0, -1));
    this.root.flushAround?.([...folders.values()]);
  }

  #noteMetadata({ path, metadata }: Waiting & { readonly kind: 'metadata' }): void {
    const found = this.root.stat(path);
    if (found !== undefined) this.keeping?.noteMetadata(path, found, timeOf(metadata.mtime, []));
  }

  /** What is noted of a file, by which an undo knows its content: `ids` of its blobs, 32 bytes each. */
  contentMark(
    { primitives }: JobContext,
    ids: Uint8Array,
    lengths: readonly number[],
  ): ContentMark | undefined {
    if (this.keeping === undefined) return undefined;
    return contentMarkOf((bytes) => primitives.sha256(bytes), ids, lengths);
  }

  /** What lies there loses its name and is kept, by the end of the job. */
  setAside(path: TargetPath): EntryProblem | undefined {
    const move = { path, from: undefined, isReplacing: true };
    this.#waiting.push({ index: this.#index, kind: 'move', move, problems: [] });
    return undefined;
  }

  /** Metadata of something that was there before. */
  changeMetadata(path: TargetPath, metadata: EntryMetadata): EntryProblem | undefined {
    if (this.keeping === undefined) return this.applyMetadata(path, metadata);
    this.#waiting.push({ index: this.#index, kind: 'metadata', path, metadata });
    return undefined;
  }

  /** A whole file from nothing to its final name. @throws files.noSpace */
  writeFile(
    folder: TargetPath,
    name: ByteString,
    content: Uint8Array,
    metadata: EntryMetadata,
    isReplacing: boolean,
    temporary: number,
    mark?: ContentMark,
  ): EntryProblem | undefined {
    const path = [...folder, this.#temporaryName(temporary)];
    return this.#under(path, { path: [...folder, name], isReplacing, content: mark }, () => {
      const file = this.root.createFile(path);
      try {
        if (this.write(file, content, 0) < content.length) file.truncate(content.length);
        const problems = applyMetadata((values) => file.applyMetadata(values), metadata);
        if (this.#flushesEach) file.flush();
        return problems;
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
    mark?: ContentMark,
  ): EntryProblem | undefined {
    const path = [...folder, temporaryName];
    return this.#under(path, { path: [...folder, name], isReplacing, content: mark }, () => {
      const file = this.root.openFile(path);
      try {
        file.truncate(sizeBytes);
        const problems = applyMetadata((values) => file.applyMetadata(values), metadata);
        if (this.#flushesEach) file.flush();
        return problems;
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
    mark?: ContentMark,
  ): EntryProblem | undefined {
    const path = [...folder, this.#temporaryName(temporary)];
    return this.#under(path, { path: [...folder, name], isReplacing, content: mark }, () => {
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

  /**
   * Makes something at `path` and then gives it its final name, or lets it wait for that; leaves nothing at `path` in any
   * other case.
   */
  #under(
    path: TargetPath,
    final: Omit<Move, 'from'>,
    make: () => readonly MetadataProblem[],
  ): EntryProblem | undefined {
    try {
      const problems = make();
      if (this.keeping !== undefined) {
        const move = { ...final, from: path };
        this.#waiting.push({ index: this.#index, kind: 'move', move, problems });
        return undefined;
      }
      if (final.isReplacing) this.root.rename(path, final.path);
      else this.root.renameNew(path, final.path);
      return incomplete(problems);
    } catch (error) {
      this.discard(path);
      if (error instanceof ReadBackMismatch) return { kind: 'failed', code: 'EIO' };
      const code = errorCodeOf(error);
      throwIfFull(code, final.path, error);
      return problemOf(code);
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

/** @throws files.noSpace for what the system says of a full disk, with the path as it was given */
export function throwIfFull(code: string, path: TargetPath, cause: unknown): void {
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return;
  const display = path.map(toDisplay).join('/');
  throw new TidemarkError('files.noSpace', { path: display }, { retry: 'afterUser', cause });
}

function problemOf(code: string): EntryProblem {
  return code === 'EEXIST' || code === 'EISDIR' || code === 'ENOTEMPTY'
    ? { kind: 'conflict' }
    : { kind: 'failed', code };
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
