/** Paths: one row for each that was ever seen, linked to its folder. Names are bytes; `fold` is how search sees them. */
import { byteStringToBytes, bytesToByteString, type ByteString } from '#base/byte-string.ts';
import { invariant } from '#base/errors.ts';
import type { MemoryDatabase, SqlValue } from '#database/memory-database.ts';
import { foldName } from './fold-name.ts';
import { NameIndex, type FoldedNames, type NameWish } from './name-index.ts';
import type { PathFacts } from './path-facts.ts';
import { OPEN_FIRST, OPEN_LAST } from './spans-table.ts';

/** `fold` is null where it is the name itself. */
export const NODES_SCHEMA = `
CREATE TABLE nodes (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name BLOB NOT NULL, fold TEXT);
CREATE UNIQUE INDEX nodes_by_name ON nodes (parent, name);
`;

/** In SQL, because a search by these alone would look at every node closely. Ends and beginnings as of open spans. */
const MATCHING = {
  any: 'true',
  deleted: `NOT EXISTS (SELECT 1 FROM spans WHERE node = id AND last = ${OPEN_LAST})`,
  changed: `EXISTS (SELECT 1 FROM spans WHERE node = id AND (first <> ${OPEN_FIRST} OR last <> ${OPEN_LAST}))`,
};

/** Parent of the roots of series. */
export const NO_NODE = 0;

export interface NodeRow {
  readonly id: number;
  readonly parent: number;
  readonly name: ByteString;
}

export type MatchingNode = NodeRow & { readonly fold: string };
type State = keyof typeof MATCHING;

export class NodesTable implements FoldedNames {
  readonly names: NameIndex;
  readonly #database: MemoryDatabase;
  readonly #facts: PathFacts;

  constructor(database: MemoryDatabase, facts: PathFacts) {
    this.#database = database;
    this.#facts = facts;
    this.names = new NameIndex(this);
  }

  get lastId(): number {
    return Number(this.#database.list('SELECT max(id) FROM nodes', [])[0]?.[0] ?? 0);
  }

  add(id: number, parent: number, name: ByteString): void {
    const fold = foldName(name);
    this.names.adding(id);
    this.#facts.adding(id);
    this.#database.execute('INSERT INTO nodes (id, parent, name, fold) VALUES (?, ?, ?, ?)', [
      id,
      parent,
      byteStringToBytes(name),
      fold === name ? null : fold,
    ]);
  }

  find(parent: number, name: ByteString): number | undefined {
    const rows = this.#database.list('SELECT id FROM nodes WHERE parent = ? AND name = ?', [
      parent,
      byteStringToBytes(name),
    ]);
    return rows[0] === undefined ? undefined : Number(rows[0][0]);
  }

  get(id: number): NodeRow {
    const [row] = this.#database.list('SELECT parent, name FROM nodes WHERE id = ?', [id]);
    invariant(row !== undefined, 'a node of the catalogue leads nowhere');
    return { id, parent: Number(row[0]), name: bytesToByteString(row[1] as Uint8Array) };
  }

  listChildren(parent: number): number[] {
    const rows = this.#database.list('SELECT id FROM nodes WHERE parent = ?', [parent]);
    return rows.map(([id]) => Number(id));
  }

  countChildren(parent: number): number {
    return Number(this.#database.list('SELECT count(*) FROM nodes WHERE parent = ?', [parent])[0]?.[0]);
  }

  remove(id: number): void {
    this.#database.execute('DELETE FROM nodes WHERE id = ?', [id]);
  }

  /** Of `from` to `to` inclusive, those whose folded name contains the text, and that are as wished; all for the empty text. */
  listMatching(
    from: number,
    to: number,
    foldedText: string,
    state: State,
    wish: NameWish = {},
  ): MatchingNode[] {
    const { mayMatch, ending } = wish;
    if (foldedText === '' && mayMatch === undefined && ending === undefined)
      return this.#listMatching(from, to, foldedText, state);
    const bytes = Buffer.from(foldedText);
    const matching: MatchingNode[] = [];
    for (let at = from; at <= to;) {
      const end = Math.min(NameIndex.endOf(at), to);
      const ids = this.names.find(at, end, bytes, wish);
      const rows =
        ids === undefined
          ? this.#listMatching(at, end, foldedText, state).filter(({ id }) => mayMatch?.(id) ?? true)
          : ids.flatMap((id) => this.#getMatching(id, state));
      for (const row of rows) matching.push(row);
      at = end + 1;
    }
    return matching;
  }

  get isInTransaction(): boolean {
    return this.#database.isInTransaction;
  }

  readFolded(from: number, to: number): { readonly count: number; readonly names: Uint8Array } {
    // Rows come in the order of their ids, as they lie in the table.
    const [row] = this.#database.list(
      `SELECT count(*), CAST(group_concat(ifnull(fold, CAST(name AS TEXT)), x'ff') AS BLOB)
       FROM nodes WHERE id BETWEEN ? AND ?`,
      [from, to],
    );
    return { count: Number(row?.[0]), names: (row?.[1] as Uint8Array | null) ?? new Uint8Array() };
  }

  /** Source: PathFactsSource.readParents. As one text: fewer steps between SQLite and here. */
  readParents(from: number, to: number): number[] {
    const [row] = this.#database.list(
      `SELECT group_concat(id || ',' || parent) FROM nodes WHERE id BETWEEN ? AND ?`,
      [from, to],
    );
    return JSON.parse(`[${String(row?.[0] ?? '')}]`) as number[];
  }

  listIds(from: number, to: number): number[] {
    return this.#database
      .list('SELECT id FROM nodes WHERE id BETWEEN ? AND ? ORDER BY id', [from, to])
      .map(([id]) => Number(id));
  }

  #listMatching(from: number, to: number, foldedText: string, state: State): MatchingNode[] {
    const rows = this.#database.list(
      `SELECT id, parent, name, fold FROM nodes
       WHERE id BETWEEN ? AND ? AND instr(ifnull(fold, CAST(name AS TEXT)), ?) > 0 AND ${MATCHING[state]}`,
      [from, to, foldedText],
    );
    return rows.map(readMatching);
  }

  /** Of one whose name matches: none when it is gone. */
  #getMatching(id: number, state: State): MatchingNode[] {
    return this.#database
      .list(`SELECT id, parent, name, fold FROM nodes WHERE id = ? AND ${MATCHING[state]}`, [id])
      .map(readMatching);
  }
}

function readMatching([id, parent, bytes, fold]: SqlValue[]): MatchingNode {
  const name = bytesToByteString(bytes as Uint8Array);
  return { id: Number(id), parent: Number(parent), name, fold: fold === null ? name : String(fold) };
}
