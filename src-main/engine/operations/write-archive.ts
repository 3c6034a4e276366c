/**
 * Files and folders of a snapshot as a tar or zip file: modes, owners (tar), modification times to the second, links. One entry
 * at a time, so that memory does not depend on the folder. What archives cannot hold is told, not dropped in silence.
 */
import { Readable } from 'node:stream';
import type { Archiver, TarEntryData } from 'archiver';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import { throwIfCancelled } from '#base/errors.ts';
import { permissionsOfMode } from '#format/mode.ts';
import { parseTime } from '#format/time.ts';
import { isSafeName } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { Repository } from '#repository/repository.ts';
import { walkTree, type SnapshotEntry } from './find-in-snapshot.ts';
import { contentBytes, readContent } from './read-content.ts';

export type ArchiveKind = 'tar' | 'zip';

export interface ArchiveNote {
  readonly path: ByteString;
  /**
   * `renamed`: the name is not UTF-8 or has a character that the archive would misread; each such byte stands as %xx.
   * `linkChanged`: the target is not UTF-8. `skipped`: of a kind or name archives cannot hold.
   */
  readonly what: 'renamed' | 'linkChanged' | 'skipped';
}

/** Fields that tar has and the library hands through, besides those it names. */
type ArchiveEntry = TarEntryData & {
  readonly linkname?: string;
  readonly uid: number;
  readonly gid: number;
  readonly uname: string;
  readonly gname: string;
};

/** What goes in, with all that is in it but what is a source of its own. */
export interface ArchiveSource {
  /** Absolute in the snapshot. */
  readonly path: ByteString;
  /** Absent for a folder's contents without the folder. */
  readonly node?: TreeNode | undefined;
  /** Of a folder. */
  readonly treeId: BlobId | undefined;
}

/**
 * @param base names in the archive begin below it; it holds all sources. @param onFile after each file is in the archive
 * @throws integrity errors, job.cancelled, whatever `sink` throws
 */
export async function writeArchive(
  repository: Repository,
  { sources, base }: { readonly sources: readonly ArchiveSource[]; readonly base: ByteString },
  kind: ArchiveKind,
  sink: (bytes: Uint8Array) => Promise<void>,
  signal?: AbortSignal,
  onFile?: (path: ByteString) => void,
): Promise<ArchiveNote[]> {
  // Loaded only here: it is large, and seldom needed.
  const { TarArchive, ZipArchive } = await import('archiver');
  const archive = kind === 'tar' ? new TarArchive() : new ZipArchive();
  const writer = new ArchiveWriter({ repository, archive, base, signal, onFile });
  const writing = writer.write(sources);
  const failure = writing.then(() => new Promise<never>(() => undefined));
  // Not `for await`: leaving that destroys the archive, and an entry under way then throws where nobody can catch it.
  const chunks = archive.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const next = await Promise.race([chunks.next(), failure]);
      if (next.done === true) return await writing;
      throwIfCancelled(signal);
      await sink(next.value as Uint8Array);
    }
  } catch (error) {
    writer.stop(error);
    throw error;
  }
}

interface WriterParts {
  readonly repository: Repository;
  readonly archive: Archiver;
  readonly base: ByteString;
  readonly signal: AbortSignal | undefined;
  readonly onFile: ((path: ByteString) => void) | undefined;
}

class ArchiveWriter {
  readonly #repository: Repository;
  readonly #archive: Archiver;
  readonly #base: ByteString;
  readonly #signal: AbortSignal | undefined;
  readonly #onFile: ((path: ByteString) => void) | undefined;
  readonly #notes: ArchiveNote[] = [];
  #stopped: { readonly error: unknown } | undefined;
  #giveUpEntry: (error: unknown) => void = () => undefined;

  constructor({ repository, archive, base, signal, onFile }: WriterParts) {
    this.#repository = repository;
    this.#archive = archive;
    this.#base = base;
    this.#signal = signal;
    this.#onFile = onFile;
  }

  async write(sources: readonly ArchiveSource[]): Promise<ArchiveNote[]> {
    const own = new Set(sources.map(({ path }) => path));
    const options = {
      signal: this.#signal,
      enter: ({ path, node }: SnapshotEntry) => isSafeName(node.name) && !own.has(path),
    };
    for (const { path, node, treeId } of sources) {
      if (node !== undefined) await this.#addSafely(path, node);
      if (treeId === undefined || (node !== undefined && !isSafeName(node.name))) continue;
      for await (const entry of walkTree(this.#repository, treeId, path, options))
        if (!own.has(entry.path)) await this.#addSafely(entry.path, entry.node);
    }
    await this.#archive.finalize();
    return this.#notes;
  }

  async #addSafely(path: ByteString, node: TreeNode): Promise<void> {
    if (!isSafeName(node.name)) return this.#note(path, 'skipped');
    await this.#add(path, node);
    if (node.type !== 'dir') this.#onFile?.(path);
  }

  /** The reader has gone: nothing more is read for it. */
  stop(error: unknown): void {
    this.#stopped = { error };
    this.#giveUpEntry(error);
  }

  async #add(path: ByteString, node: TreeNode): Promise<void> {
    switch (node.type) {
      case 'dir':
        return this.#append('directory', path, node, Buffer.alloc(0));
      case 'file':
        return this.#appendFile(path, node);
      case 'symlink':
        if (node.linkTarget !== undefined && !isText(node.linkTarget)) this.#note(path, 'linkChanged');
        return this.#append('symlink', path, node, Buffer.alloc(0), {
          linkname: toDisplay(node.linkTarget ?? ('' as ByteString)),
        });
      default:
        this.#note(path, 'skipped');
    }
  }

  async #appendFile(path: ByteString, node: TreeNode): Promise<void> {
    const size = contentBytes(this.#repository, node.content ?? []);
    if (size === 0) return this.#append('file', path, node, Buffer.alloc(0));
    const source = Readable.from(readContent(this.#repository, node, this.#signal));
    return this.#append('file', path, node, source, {
      stats: { size } as NonNullable<TarEntryData['stats']>,
    });
  }

  /** Resolves when the entry is in the archive. */
  #append(
    type: NonNullable<TarEntryData['type']>,
    path: ByteString,
    node: TreeNode,
    source: Readable | Buffer,
    more: Pick<Partial<ArchiveEntry>, 'linkname' | 'stats'> = {},
  ): Promise<void> {
    const name = archiveName(this.#base === '/' ? path : (path.slice(this.#base.length) as ByteString));
    if (name.isChanged) this.#note(path, 'renamed');
    const entry: ArchiveEntry = {
      name: name.text,
      type,
      mode: permissionsOfMode(node.mode),
      date: dateOf(node),
      uid: node.uid,
      gid: node.gid,
      uname: node.user ?? '',
      gname: node.group ?? '',
      ...more,
    };
    return new Promise((resolve, reject) => {
      this.#giveUpEntry = (error) => {
        if (source instanceof Readable) source.destroy();
        reject(asError(error));
      };
      if (this.#stopped !== undefined) return this.#giveUpEntry(this.#stopped.error);
      // The library does not heed its source's errors.
      if (source instanceof Readable) source.once('error', reject);
      this.#archive.once('entry', () => resolve());
      this.#archive.append(source, entry);
    });
  }

  #note(path: ByteString, what: ArchiveNote['what']): void {
    this.#notes.push({ path, what });
  }
}

/** Relative, as UTF-8. The library takes a backslash for a slash, and a word with a colon in front for a drive. */
function archiveName(path: ByteString): { readonly text: string; readonly isChanged: boolean } {
  const relative = path.replace(/^\/+/, '') as ByteString;
  const parts = relative.split('/').map((part, depth) => {
    const isRisky = part.includes('\\') || (depth === 0 && /^\w+:/.test(part));
    if (!isRisky && isText(part as ByteString)) return toDisplay(part as ByteString);
    const escaped = part.replace(/[\\:]/g, percent);
    return isText(escaped as ByteString)
      ? toDisplay(escaped as ByteString)
      : escaped.replace(/[\x80-\xff]/g, percent);
  });
  const text = parts.join('/');
  return { text, isChanged: text !== toDisplay(relative) };
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function isText(bytes: ByteString): boolean {
  return Buffer.compare(Buffer.from(toDisplay(bytes)), Buffer.from(bytes, 'latin1')) === 0;
}

function dateOf({ mtime }: TreeNode): Date {
  if (mtime === undefined) return new Date(0);
  const { sec, nsec } = parseTime(mtime);
  return new Date(sec * 1000 + Math.floor(nsec / 1e6));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
