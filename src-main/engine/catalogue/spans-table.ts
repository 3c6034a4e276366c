/**
 * Spans: one row for each distinct version of a path, over the consecutive known points of its series that have it. One that is
 * there at the oldest known point begins at OPEN_FIRST, one that is there at the newest ends at OPEN_LAST: so nothing of
 * it changes when an older or a newer point is read that has it too.
 */
import { byteStringToBytes, bytesToByteString, type ByteString } from '#base/byte-string.ts';
import type { MemoryDatabase, SqlValue } from '#database/memory-database.ts';
import type { EntryState } from './entry-state.ts';
import type { PathFacts } from './path-facts.ts';
import type { EntryKind } from './types.ts';

export const OPEN_FIRST = 0;
export const OPEN_LAST = 2 ** 31 - 1;

export const SPANS_SCHEMA = `
CREATE TABLE spans (
  node INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  kind INTEGER NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL, content BLOB NOT NULL,
  PRIMARY KEY (node, first)
) WITHOUT ROWID;
`;

export interface Span extends EntryState {
  readonly first: number;
  readonly last: number;
}

export interface ChildSpan {
  readonly node: number;
  readonly name: ByteString;
  readonly span: Span;
}

/** With where its versions begin, newest first. */
export interface FolderChild extends ChildSpan {
  readonly firsts: readonly number[];
}

const KINDS: readonly EntryKind[] = ['file', 'folder', 'symlink', 'other'];
const COLUMNS = 's.first, s.last, s.kind, s.size, s.mtime, s.content';

export class SpansTable {
  readonly #database: MemoryDatabase;
  readonly #facts: PathFacts;

  constructor(database: MemoryDatabase, facts: PathFacts) {
    this.#database = database;
    this.#facts = facts;
  }

  insert(node: number, { first, last, kind, sizeBytes, modifiedMs, key }: Span): void {
    this.#facts.changing(node);
    this.#database.execute(
      'INSERT INTO spans (node, first, last, kind, size, mtime, content) VALUES (?, ?, ?, ?, ?, ?, ?)',
      [node, first, last, KINDS.indexOf(kind), sizeBytes, modifiedMs, byteStringToBytes(key)],
    );
  }

  setFirst(node: number, first: number, to: number): void {
    this.#facts.changing(node);
    this.#database.execute('UPDATE spans SET first = ? WHERE node = ? AND first = ?', [to, node, first]);
  }

  setLast(node: number, first: number, to: number): void {
    this.#facts.changing(node);
    this.#database.execute('UPDATE spans SET last = ? WHERE node = ? AND first = ?', [to, node, first]);
  }

  remove(node: number, first: number): void {
    this.#facts.changing(node);
    this.#database.execute('DELETE FROM spans WHERE node = ? AND first = ?', [node, first]);
  }

  /** Source: PathFactsSource.readSpans. As one text: fewer steps between SQLite and here. */
  readFacts(from: number, to: number): number[] {
    const [row] = this.#database.list(
      `SELECT group_concat(node || ',' || first || ',' || last || ',' || (kind = ${KINDS.indexOf('folder')}) || ',' || size)
       FROM spans WHERE node BETWEEN ? AND ?`,
      [from, to],
    );
    return JSON.parse(`[${String(row?.[0] ?? '')}]`) as number[];
  }

  hasAny(node: number): boolean {
    return this.#database.list('SELECT 1 FROM spans WHERE node = ? LIMIT 1', [node]).length > 0;
  }

  /** Oldest first. */
  listOf(node: number): Span[] {
    return this.#database
      .list(`SELECT ${COLUMNS} FROM spans s WHERE s.node = ? ORDER BY s.first`, [node])
      .map(readSpan);
  }

  /** The latest that begins at the position or before; it may have ended. */
  findLatest(node: number, position: number): Span | undefined {
    const rows = this.#database.list(
      `SELECT ${COLUMNS} FROM spans s WHERE s.node = ? AND s.first <= ? ORDER BY s.first DESC LIMIT 1`,
      [node, position],
    );
    return rows[0] && readSpan(rows[0]);
  }

  findAt(node: number, position: number): Span | undefined {
    const span = this.findLatest(node, position);
    return span !== undefined && span.last >= position ? span : undefined;
  }

  /** Of the entries of a folder: spans that touch any position from `from` to `to`, by name, then by age. */
  listInFolder(folder: number, from: number, to: number): ChildSpan[] {
    const rows = this.#database.list(
      `SELECT n.id, n.name, ${COLUMNS} FROM nodes n JOIN spans s ON s.node = n.id
       WHERE n.parent = ? AND s.first <= ? AND s.last >= ? ORDER BY n.name, s.first`,
      [folder, to, from],
    );
    return rows.map(readChild);
  }

  /**
   * Of the entries of a folder after a name: the latest span that begins at the position or before. With `withEnded` also
   * those that have ended. In one statement: a page has thousands of entries.
   * @param mostFirsts so many beginnings are told of each
   */
  pageOfFolder(
    folder: number,
    position: number,
    {
      after,
      most,
      mostFirsts,
      withEnded,
    }: {
      readonly after: ByteString | undefined;
      readonly most: number;
      readonly mostFirsts: number;
      readonly withEnded: boolean;
    },
  ): FolderChild[] {
    const rows = this.#database.list(
      `SELECT (SELECT group_concat(first) FROM (SELECT first FROM spans WHERE node = n.id ORDER BY first DESC LIMIT ?)),
       n.id, n.name, ${COLUMNS} FROM nodes n JOIN spans s
       ON s.node = n.id AND s.first = (SELECT max(first) FROM spans WHERE node = n.id AND first <= ?)
       WHERE n.parent = ? AND n.name > ? AND s.last >= ? ORDER BY n.name LIMIT ?`,
      [
        mostFirsts,
        position,
        folder,
        // A text is less than any blob.
        after === undefined ? '' : byteStringToBytes(after),
        withEnded ? 0 : position,
        most,
      ],
    );
    return rows.map(([firsts, ...child]) => ({
      ...readChild(child),
      firsts: String(firsts).split(',').map(Number),
    }));
  }

  countEnded(folder: number, position: number): number {
    const rows = this.#database.list(
      `SELECT count(*) FROM nodes n WHERE n.parent = ?
       AND (SELECT last FROM spans WHERE node = n.id AND first <= ? ORDER BY first DESC LIMIT 1) < ?`,
      [folder, position, position],
    );
    return Number(rows[0]?.[0]);
  }

  /** Of the entries of a folder: what they are at one point and at the other, by name, then by age. */
  listAtBoth(folder: number, one: number, other: number): ChildSpan[] {
    const rows = this.#database.list(
      `SELECT n.id, n.name, ${COLUMNS} FROM nodes n JOIN spans s ON s.node = n.id
       WHERE n.parent = ? AND ((s.first <= ? AND s.last >= ?) OR (s.first <= ? AND s.last >= ?)) ORDER BY n.name, s.first`,
      [folder, one, one, other, other],
    );
    return rows.map(readChild);
  }

  /** Of the entries of folders at a point: what the files are together, and which are folders. */
  sumOfFolders(
    folders: readonly number[],
    position: number,
  ): { readonly filesBytes: number; readonly folders: number[] } {
    const there = `FROM nodes n JOIN spans s ON s.node = n.id
      WHERE n.parent IN (${folders.map(() => '?').join()}) AND s.first <= ? AND s.last >= ? AND s.kind = ?`;
    const bound = (kind: EntryKind): SqlValue[] => [...folders, position, position, KINDS.indexOf(kind)];
    const [sum] = this.#database.list(`SELECT sum(s.size) ${there}`, bound('file'));
    const found = this.#database.list(`SELECT n.id ${there}`, bound('folder'));
    return { filesBytes: Number(sum?.[0] ?? 0), folders: found.map(([id]) => Number(id)) };
  }

  /** Folders among the entries of a folder, at any time. */
  listFoldersIn(folder: number): number[] {
    const rows = this.#database.list(
      `SELECT n.id FROM nodes n WHERE n.parent = ? AND EXISTS (SELECT 1 FROM spans WHERE node = n.id AND kind = ?)`,
      [folder, KINDS.indexOf('folder')],
    );
    return rows.map(([id]) => Number(id));
  }
}

function readChild([node, name, ...span]: SqlValue[]): ChildSpan {
  return { node: Number(node), name: bytesToByteString(name as Uint8Array), span: readSpan(span) };
}

function readSpan([first, last, kind, size, mtime, key]: SqlValue[]): Span {
  return {
    first: Number(first),
    last: Number(last),
    kind: KINDS[Number(kind)]!,
    sizeBytes: Number(size),
    modifiedMs: Number(mtime),
    key: bytesToByteString(key as Uint8Array),
  };
}
