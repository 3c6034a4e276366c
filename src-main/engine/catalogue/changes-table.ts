/**
 * What changed below a folder at a point, against the known point before it in the series; rolled up, and only where
 * something did. The oldest known point of a series has no row. And what was moved at a point, by content.
 */
import type { MemoryDatabase, SqlValue } from '#database/memory-database.ts';
import type { Counts } from './types.ts';

export const CHANGES_SCHEMA = `
CREATE TABLE changes (
  node INTEGER NOT NULL, position INTEGER NOT NULL,
  added INTEGER NOT NULL, modified INTEGER NOT NULL, removed INTEGER NOT NULL, bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL,
  PRIMARY KEY (node, position)
) WITHOUT ROWID;
CREATE TABLE moves (
  series INTEGER NOT NULL, position INTEGER NOT NULL, to_node INTEGER NOT NULL, from_node INTEGER NOT NULL,
  PRIMARY KEY (series, position, to_node)
) WITHOUT ROWID;
CREATE INDEX moves_by_target ON moves (to_node, position);
CREATE INDEX moves_by_source ON moves (from_node, position);
`;

export interface ChangeRow extends Counts {
  readonly position: number;
}

const COLUMNS = 'position, added, modified, removed, bytes_in, bytes_out';

export class ChangesTable {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    this.#database = database;
  }

  put(node: number, position: number, { added, modified, removed, bytesIn, bytesOut }: Counts): void {
    this.#database.execute(
      'INSERT OR REPLACE INTO changes (node, position, added, modified, removed, bytes_in, bytes_out) VALUES (?, ?, ?, ?, ?, ?, ?)',
      [node, position, added, modified, removed, bytesIn, bytesOut],
    );
  }

  remove(node: number, position: number): void {
    this.#database.execute('DELETE FROM changes WHERE node = ? AND position = ?', [node, position]);
  }

  /** Oldest first, both ends inclusive. */
  listOf(node: number, from: number, to: number): ChangeRow[] {
    const rows = this.#database.list(
      `SELECT ${COLUMNS} FROM changes WHERE node = ? AND position BETWEEN ? AND ? ORDER BY position`,
      [node, from, to],
    );
    return rows.map(readRow);
  }

  /** Newest first. */
  listPositions(node: number, most: number): number[] {
    const rows = this.#database.list(
      'SELECT position FROM changes WHERE node = ? ORDER BY position DESC LIMIT ?',
      [node, most],
    );
    return rows.map(([position]) => Number(position));
  }

  /** The first after the position. */
  findAfter(node: number, position: number): ChangeRow | undefined {
    const rows = this.#database.list(
      `SELECT ${COLUMNS} FROM changes WHERE node = ? AND position > ? ORDER BY position LIMIT 1`,
      [node, position],
    );
    return rows[0] && readRow(rows[0]);
  }

  /** The last at the position or before. */
  findUpTo(node: number, position: number): ChangeRow | undefined {
    const rows = this.#database.list(
      `SELECT ${COLUMNS} FROM changes WHERE node = ? AND position <= ? ORDER BY position DESC LIMIT 1`,
      [node, position],
    );
    return rows[0] && readRow(rows[0]);
  }

  /** Items that changed from one position to another, both inclusive. */
  sumOf(node: number, from: number, to: number): number {
    const rows = this.#database.list(
      'SELECT sum(added + modified + removed) FROM changes WHERE node = ? AND position BETWEEN ? AND ?',
      [node, from, to],
    );
    return Number(rows[0]?.[0] ?? 0);
  }

  addMove(series: number, position: number, from: number, to: number): void {
    this.#database.execute('INSERT INTO moves (series, position, to_node, from_node) VALUES (?, ?, ?, ?)', [
      series,
      position,
      to,
      from,
    ]);
  }

  clearMoves(series: number, position: number): void {
    this.#database.execute('DELETE FROM moves WHERE series = ? AND position = ?', [series, position]);
  }

  findSource(to: number, position: number): number | undefined {
    return firstNumber(
      this.#database.list('SELECT from_node FROM moves WHERE to_node = ? AND position = ?', [to, position]),
    );
  }

  findTarget(from: number, position: number): number | undefined {
    return firstNumber(
      this.#database.list('SELECT to_node FROM moves WHERE from_node = ? AND position = ?', [from, position]),
    );
  }
}

function firstNumber(rows: SqlValue[][]): number | undefined {
  return rows[0] === undefined ? undefined : Number(rows[0][0]);
}

function readRow(row: SqlValue[]): ChangeRow {
  const [position = 0, added = 0, modified = 0, removed = 0, bytesIn = 0, bytesOut = 0] = row.map(Number);
  return { position, added, modified, removed, bytesIn, bytesOut };
}
