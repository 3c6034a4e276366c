/**
 * Safe keeping of what a restore takes away: nothing loses its name before a durable journal line says where it goes, and it
 * goes there by rename, so with everything it has. Nothing gets a final name before its content is durable.
 * One instance per thread, with a journal of its own. Does not make or end the record of a restore, and does not undo.
 * Invariant: at every instant what was there is under its name, or where the journal says.
 */
import type { ByteString } from '#base/byte-string.ts';
import { invariant } from '#base/errors.ts';
import type { Instant } from '#format/time.ts';
import type { FileMetadata, FileStat, OpenTarget, TargetPath, TargetRoot } from '#files/port.ts';
import { CACHE_FOLDER_TAG } from '#rules/tagged-exclude.ts';
import { UNDO_FOLDER } from '#rules/undo-folder.ts';
import { errorCodeOf } from './jobs/error-code.ts';
import { encodeJournalEntry, markOf, type ContentMark, type JournalEntry } from './undo-journal.ts';

export const KEPT_FOLDER = 'kept' as ByteString;
export const JOURNAL_PREFIX = 'journal-';

/** Something that gets, or loses, a name. */
export interface Move {
  readonly path: TargetPath;
  /** Where what comes is ready; undefined when the name is only lost. */
  readonly from: TargetPath | undefined;
  /** What is there is to be kept; else nothing may be there. */
  readonly isReplacing: boolean;
  /** Of a file that comes. */
  readonly content?: ContentMark | undefined;
}

export class SafeKeeping {
  readonly #root: TargetRoot;
  readonly #id: ByteString;
  readonly #name: string;
  #journal: OpenTarget | undefined;
  #lines = '';
  #journalBytes = 0;
  #durableBytes = 0;
  #number = 0;
  /** Last folder on another file system that things were kept in. */
  #otherPlace: TargetPath | undefined;

  /** `name` is this thread's own within the restore `id`. */
  constructor(root: TargetRoot, id: ByteString, name: string) {
    this.#root = root;
    this.#id = id;
    this.#name = name;
  }

  note(entry: JournalEntry): void {
    this.#lines += encodeJournalEntry(entry);
  }

  /** For a folder or file whose metadata will change; `becomes` is the time a file will have. */
  noteMetadata(path: TargetPath, stat: FileStat, becomes?: Instant): void {
    const was = metadataOf(this.#root, path, stat);
    const time = becomes && ([becomes.sec, becomes.nsec] as const);
    this.note({ kind: 'metadata', path, inode: stat.inode, was, becomes: time });
  }

  /** What was noted is in the journal, so that a kill of this process does not lose it. @throws the system's errors */
  write(): void {
    if (this.#lines === '') return;
    const folder = keepingFolder([], this.#id);
    this.#journal ??= this.#root.createFile([...folder, `${JOURNAL_PREFIX}${this.#name}` as ByteString]);
    const bytes = Buffer.from(this.#lines);
    try {
      this.#journal.write(bytes, this.#journalBytes);
    } catch (error) {
      this.#cutJournal();
      throw error;
    }
    this.#journalBytes += bytes.length;
    this.#lines = '';
  }

  /** Returns when all that was noted is durable. @throws the system's errors */
  flush(): void {
    this.write();
    if (this.#journal === undefined || this.#durableBytes === this.#journalBytes) return;
    this.#journal.flush();
    if (this.#durableBytes === 0) this.#root.flushAround?.([keepingFolder([], this.#id)]);
    this.#durableBytes = this.#journalBytes;
  }

  /**
   * Carries out all moves, and returns the system's code for each that failed: what was in the way then has its name still or
   * again, unless somebody else took the name meanwhile. @throws the system's errors when the journal cannot be written:
   * then nothing was moved.
   */
  moveAll(moves: readonly Move[]): (string | undefined)[] {
    const kept = moves.map(({ path, from, isReplacing, content }) => {
      const place = isReplacing ? this.#nextKept([]) : undefined;
      const found = from && this.#root.stat(from);
      this.note({ kind: 'name', path, kept: place, from, mark: found && markOf(found), content });
      return place;
    });
    this.flush();
    return moves.map((move, index) => this.#move(move, kept[index]));
  }

  close(): void {
    this.#journal?.close();
    this.#journal = undefined;
  }

  #move(move: Move, kept: TargetPath | undefined): string | undefined {
    const { path, from } = move;
    let keptAt: TargetPath | undefined;
    try {
      keptAt = kept && this.#setAside(move, kept);
      if (from !== undefined) this.#root.renameNew(from, path);
      return undefined;
    } catch (error) {
      const code = errorCodeOf(error);
      if (keptAt !== undefined) this.#putBack(keptAt, path);
      return code;
    }
  }

  /** Where it is then. Undefined: it was gone already. */
  #setAside(move: Move, kept: TargetPath): TargetPath | undefined {
    const { path } = move;
    try {
      this.#root.renameNew(path, kept);
      return kept;
    } catch (error) {
      const code = errorCodeOf(error);
      if (code === 'ENOENT' && this.#root.stat(path) === undefined) return undefined;
      if (code !== 'EXDEV') throw error;
      return this.#setAsideElsewhere(move, error);
    }
  }

  /** In the highest folder that lies on the same file system and may be written. */
  #setAsideElsewhere({ path, from, content }: Move, cause: unknown): TargetPath {
    for (const place of this.#placesAbove(path)) {
      if (!this.#makePlace(place)) continue;
      const kept = this.#nextKept(place);
      const found = from && this.#root.stat(from);
      this.note({ kind: 'name', path, kept, from, mark: found && markOf(found), content });
      this.flush();
      try {
        this.#root.renameNew(path, kept);
        this.#otherPlace = place;
        return kept;
      } catch (error) {
        if (errorCodeOf(error) !== 'EXDEV') throw error;
      }
    }
    throw cause;
  }

  *#placesAbove(path: TargetPath): Generator<TargetPath> {
    const last = this.#otherPlace;
    if (last?.every((name, depth) => path[depth] === name) === true) yield last;
    const home = this.#root.stat([])?.device;
    for (let depth = 1; depth < path.length; depth++) {
      const place = path.slice(0, depth);
      if (this.#root.stat(place)?.device !== home) yield place;
    }
    // Parts of one disk may refuse a rename between them and still have one number.
    for (let depth = 1; depth < path.length; depth++) yield path.slice(0, depth);
  }

  #makePlace(place: TargetPath): boolean {
    try {
      makeKeepingFolder(this.#root, place, this.#id);
      return true;
    } catch (error) {
      errorCodeOf(error);
      return false;
    }
  }

  #putBack(kept: TargetPath, path: TargetPath): void {
    try {
      this.#root.renameNew(kept, path);
    } catch (error) {
      // Somebody took the name: what was there stays in safe keeping, and the journal says where.
      errorCodeOf(error);
    }
  }

  #nextKept(place: TargetPath): TargetPath {
    return [...keepingFolder(place, this.#id), KEPT_FOLDER, `${this.#name}-${this.#number++}` as ByteString];
  }

  /** Half a line must not stand before whole ones. */
  #cutJournal(): void {
    try {
      this.#journal?.truncate(this.#journalBytes);
    } catch (error) {
      errorCodeOf(error);
    }
  }
}

/** The folder of one restore below a `place`, which is the target itself or the top of another file system in it. */
export function keepingFolder(place: TargetPath, id: ByteString): TargetPath {
  invariant(id !== '', 'a restore without an id keeps things');
  return [...place, UNDO_FOLDER, id];
}

/** @throws the system's errors */
export function makeKeepingFolder(root: TargetRoot, place: TargetPath, id: ByteString): void {
  const top = [...place, UNDO_FOLDER];
  root.makeDir(top);
  markAsCache(root, top);
  const folder = keepingFolder(place, id);
  root.makeDir(folder);
  root.makeDir([...folder, KEPT_FOLDER]);
}

const TAG_TEXT = `${CACHE_FOLDER_TAG.header}
# Here Tidemark keeps what a restore replaced, so that the restore can be taken back ("tidemark undo").
# Backups leave this folder out. It is emptied by itself after 30 days.
`;

/** For other backup programs too. */
function markAsCache(root: TargetRoot, top: TargetPath): void {
  try {
    const tag = root.createFile([...top, CACHE_FOLDER_TAG.fileName]);
    try {
      tag.write(Buffer.from(TAG_TEXT), 0);
    } finally {
      tag.close();
    }
  } catch (error) {
    if (errorCodeOf(error) !== 'EEXIST') throw error;
  }
}

/** @throws the system's errors */
export function metadataOf(root: TargetRoot, path: TargetPath, stat: FileStat): FileMetadata {
  const { kind, permissions, uid, gid, mtimeSec, mtimeNsec, atimeSec, atimeNsec } = stat;
  const extendedAttributes = root.extendedAttributes(path);
  return { kind, permissions, uid, gid, mtimeSec, mtimeNsec, atimeSec, atimeNsec, extendedAttributes };
}
