/**
 * The single steps of an undo, of one run of the restore. Each looks at what is there first and does nothing where there is nothing to do, so every step
 * can be repeated. What goes wrong with one entry is told, and the others go on.
 */
import type { ByteString } from '#base/byte-string.ts';
import { joinIds } from '#base/ids.ts';
import { isTidemarkError } from '#base/errors.ts';
import type { Primitives } from '#format/primitives.ts';
import type { Instant } from '#format/time.ts';
import type { FileStat, TargetPath, TargetRoot } from '#files/port.ts';
import { errorCodeOf } from '#pipeline/jobs/error-code.ts';
import {
  isSameMark,
  markOf,
  type ContentMark,
  type EntryMark,
  type JournalEntry,
} from '#pipeline/undo-journal.ts';
import { besideName } from '#rules/beside-name.ts';
import { openUp } from './open-up.ts';
import type { UndoAction, UndoObserver } from './types.ts';
import type { UndoRecord } from './undo-record.ts';

type NameEntry = JournalEntry & { readonly kind: 'name' };

export interface TakeBackParts {
  readonly root: TargetRoot;
  /** Absolute; where the root is. */
  readonly folder: ByteString;
  readonly record: UndoRecord;
  /** For names of what was changed since. */
  readonly label: string;
  readonly observer: UndoObserver;
  readonly primitives: Pick<Primitives, 'sha256'>;
}

export class TakeBack {
  readonly counts: Record<UndoAction, number> = { returned: 0, removed: 0, copied: 0, stayed: 0 };
  problems = 0;
  readonly #root: TargetRoot;
  readonly #folder: ByteString;
  readonly #record: UndoRecord;
  readonly #label: string;
  readonly #observer: UndoObserver;
  readonly #primitives: Pick<Primitives, 'sha256'>;
  /** Made by the restore, by their joined names. */
  readonly #madeFolders = new Map<string, TargetPath>();
  /** Times that the restore itself gave to files with several names, by their inode. */
  readonly #givenTimes = new Map<bigint, readonly [sec: number, nsec: number]>();

  constructor({ root, folder, record, label, observer, primitives }: TakeBackParts) {
    this.#root = root;
    this.#folder = folder;
    this.#record = record;
    this.#label = label;
    this.#observer = observer;
    this.#primitives = primitives;
  }

  /**
   * Folders get back the rights that are needed to change what is in them, and lose what the restore had not finished. Of files
   * that it only changed it is remembered how.
   */
  prepareFolder(entry: JournalEntry): void {
    const { path } = entry;
    if (entry.kind === 'metadata' && entry.was.kind !== 'dir') {
      const { inode, becomes } = entry;
      if (becomes === undefined) return;
      this.#try(path, () => {
        if ((this.#look(path)?.links ?? 0) > 1) this.#givenTimes.set(inode, becomes);
      });
      return;
    }
    if (entry.kind === 'folder') this.#madeFolders.set(path.join('/'), path);
    this.#try(path, () => {
      const found = this.#look(path);
      if (found?.kind !== 'dir') return;
      openUp(this.#root, path, found);
      for (const name of this.#root.list(path))
        if (this.#record.temporaryPrefixes.some((prefix) => name.startsWith(prefix)))
          this.#root.remove([...path, name]);
    });
  }

  /** Something that the restore put there, about `until` or before. */
  takeFileBack(entry: NameEntry, until: Instant): void {
    const { path, kept, mark } = entry;
    if (mark === undefined) return;
    this.#try(path, () => {
      const current = this.#look(path);
      const isAsRestored = current !== undefined && this.#isAsRestored(current, mark, entry, until);
      if (kept === undefined) this.#removeMade(path, current, isAsRestored);
      else this.#returnKept(path, current, kept, isAsRestored);
    });
  }

  /** Something that the restore only took away. */
  returnOnly({ path, kept, mark }: NameEntry): void {
    if (mark !== undefined || kept === undefined) return;
    this.#try(path, () => this.#returnKept(path, this.#look(path), kept, false));
  }

  /** Deepest first. One with something else in it stays. */
  removeMadeFolders(): void {
    const paths = [...this.#madeFolders.values()].sort((a, b) => b.length - a.length);
    for (const path of paths) {
      this.#try(path, () => {
        if (this.#look(path)?.kind !== 'dir') return;
        if (this.#root.list(path).length > 0) return;
        this.#root.remove(path);
        this.#tell(path, 'removed');
      });
    }
  }

  restoreMetadata({ path, inode, was, becomes }: JournalEntry & { readonly kind: 'metadata' }): void {
    this.#try(path, () => {
      const found = this.#look(path);
      if (found === undefined || found.inode !== inode || found.kind !== was.kind) return;
      const isChanged =
        becomes !== undefined && (found.mtimeSec !== becomes[0] || found.mtimeNsec !== becomes[1]);
      if (isChanged) return;
      const [problem] = this.#root.applyMetadata(path, was);
      if (problem !== undefined) this.#complain(path, problem.what, problem.reason);
    });
  }

  #removeMade(path: TargetPath, current: FileStat | undefined, isAsRestored: boolean): void {
    if (current === undefined) return;
    if (!isAsRestored) {
      // It is the person's own now, and nothing else wants the name.
      this.#tell(path, 'stayed');
      return;
    }
    this.#root.remove(path);
    this.#tell(path, 'removed');
  }

  /**
   * Size and time can be kept by who writes into a file, the time of its last change (ctime) cannot. That is also changed by what
   * leaves the content alone, such as another name, or an undo of a later restore: so then the content decides.
   */
  #isAsRestored(
    current: FileStat,
    mark: EntryMark,
    { path, content }: NameEntry,
    { sec, nsec }: Instant,
  ): boolean {
    // A new name of a file that was there before was marked before that file got its time.
    const [mtimeSec, mtimeNsec] = this.#givenTimes.get(mark.inode) ?? [];
    const later = mtimeSec === undefined ? mark : { ...mark, mtimeSec, mtimeNsec: mtimeNsec! };
    if (!isSameMark(markOf(current), mark) && !isSameMark(markOf(current), later)) return false;
    const { ctimeSec, ctimeNsec } = current;
    const isOlder = ctimeSec < sec || (ctimeSec === sec && ctimeNsec < nsec);
    return isOlder || content === undefined || this.#hasContent(path, content);
  }

  #hasContent(path: TargetPath, { digest, lengths }: ContentMark): boolean {
    const ids: Uint8Array[] = [];
    const file = this.#root.openFile(path, 'read');
    try {
      let offset = 0;
      for (const length of lengths) {
        const piece = new Uint8Array(length);
        if (file.read(piece, offset) !== length) return false;
        ids.push(this.#primitives.sha256(piece));
        offset += length;
      }
    } finally {
      file.close();
    }
    return Buffer.from(this.#primitives.sha256(joinIds(ids))).toString('hex') === digest;
  }

  #returnKept(
    path: TargetPath,
    current: FileStat | undefined,
    kept: TargetPath,
    isAsRestored: boolean,
  ): void {
    const was = this.#root.stat(kept);
    // It was never taken away, or is back already.
    if (was === undefined) return;
    if (current === undefined) this.#returnToNothing(path, kept);
    else if (current.inode === was.inode && current.device === was.device && was.kind !== 'dir')
      // Two names of one file: a rename would leave both (POSIX).
      this.#root.remove(kept);
    else if (!isAsRestored) this.#returnBeside(path, kept);
    else if (was.kind === 'dir') {
      this.#root.remove(path);
      this.#root.renameNew(kept, path);
    } else this.#root.rename(kept, path);
    this.#tell(path, 'returned');
  }

  /** What is there now is not what the restore put there: it stays, under a name of its own. */
  #returnBeside(path: TargetPath, kept: TargetPath): void {
    const folder = path.slice(0, -1);
    const names = new Set(this.#root.list(folder));
    const copy = [...folder, besideName(path.at(-1)!, this.#label, (name) => names.has(name))];
    this.#root.renameNew(path, copy);
    this.#root.renameNew(kept, path);
    this.counts.copied++;
    this.#observer.onEntry?.(this.#absolute(path), 'copied', this.#absolute(copy));
  }

  /** The folders above may be gone too. */
  #returnToNothing(path: TargetPath, kept: TargetPath): void {
    try {
      this.#root.renameNew(kept, path);
    } catch (error) {
      if (errorCodeOf(error) !== 'ENOENT') throw error;
      for (let depth = 1; depth < path.length; depth++) this.#root.makeDir(path.slice(0, depth));
      this.#root.renameNew(kept, path);
    }
  }

  /** Undefined also where a folder above is none any more. */
  #look(path: TargetPath): FileStat | undefined {
    try {
      return this.#root.stat(path);
    } catch (error) {
      const code = errorCodeOf(error);
      if (code === 'ENOTDIR' || code === 'ELOOP') return undefined;
      throw error;
    }
  }

  #try(path: TargetPath, step: () => void): void {
    try {
      step();
    } catch (error) {
      if (isTidemarkError(error)) throw error;
      this.#complain(path, errorCodeOf(error), '');
    }
  }

  #complain(path: TargetPath, code: string, reason: string): void {
    this.problems++;
    this.#observer.onProblem?.(this.#absolute(path), code, reason);
  }

  #tell(path: TargetPath, action: UndoAction): void {
    this.counts[action]++;
    this.#observer.onEntry?.(this.#absolute(path), action);
  }

  #absolute(path: TargetPath): ByteString {
    const folder = this.#folder === '/' ? '' : this.#folder;
    return `${folder}/${path.join('/')}` as ByteString;
  }
}
