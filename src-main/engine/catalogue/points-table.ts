/**
 * Series and their points. A point's position says where it stands among those of its series; positions have room between
 * them, so that a point can come in between without others changing. A series has a root, the node of its `/`.
 */
import type { SnapshotId } from '#base/ids.ts';
import type { MemoryDatabase, SqlValue } from '#database/memory-database.ts';
import type { Snapshot } from '#format/snapshot.ts';
import { parseTime } from '#format/time.ts';
import type { Point } from './types.ts';

export const POINTS_SCHEMA = `
CREATE TABLE series (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, root INTEGER NOT NULL);
CREATE TABLE points (
  series INTEGER NOT NULL, position INTEGER NOT NULL, snapshot TEXT NOT NULL UNIQUE, tree TEXT, time TEXT NOT NULL,
  is_known INTEGER NOT NULL, is_file_damaged INTEGER NOT NULL, facts TEXT NOT NULL,
  PRIMARY KEY (series, position)
) WITHOUT ROWID;
CREATE TABLE unread (series INTEGER NOT NULL, position INTEGER NOT NULL, node INTEGER NOT NULL, PRIMARY KEY (series, position, node)) WITHOUT ROWID;
`;

export interface Series {
  readonly id: number;
  readonly key: string;
  readonly root: number;
}

export interface PointRow {
  readonly series: number;
  readonly position: number;
  readonly snapshotId: SnapshotId;
  readonly tree: string | null;
  readonly time: string;
  readonly timeMs: number;
  readonly isKnown: boolean;
  readonly isFileDamaged: boolean;
  readonly facts: PointFacts;
}

export type PointFacts = Pick<Point, 'original' | 'hostname' | 'username' | 'paths' | 'tags' | 'summary'>;

/** Of a snapshot's summary. */
const TOLD = [
  'filesNew',
  'filesChanged',
  'filesUnmodified',
  'dataAdded',
  'dataAddedPacked',
  'totalFilesProcessed',
  'totalBytesProcessed',
] as const;

export function factsOf({ original, hostname, username, paths, tags, summary = {} }: Snapshot): PointFacts {
  const told = TOLD.map((name) => [name, summary[name]] as const);
  const known = told.filter(([, count]) => count !== undefined);
  const facts = { hostname, username, paths, tags, summary: Object.fromEntries(known) };
  return original === undefined ? facts : { original, ...facts };
}

export class PointsTable {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    this.#database = database;
  }

  listSeries(): Series[] {
    const rows = this.#database.list('SELECT id, key, root FROM series ORDER BY id', []);
    return rows.map(([id, key, root]) => ({ id: Number(id), key: String(key), root: Number(root) }));
  }

  /** `root` is a node that the caller adds. */
  addSeries(key: string, root: number): Series {
    this.#database.execute('INSERT INTO series (key, root) VALUES (?, ?)', [key, root]);
    const [row] = this.#database.list('SELECT id FROM series WHERE key = ?', [key]);
    return { id: Number(row?.[0]), key, root };
  }

  setSeriesKey(id: number, key: string): void {
    this.#database.execute('UPDATE series SET key = ? WHERE id = ?', [key, id]);
  }

  removeSeries(id: number): void {
    this.#database.execute('DELETE FROM series WHERE id = ?', [id]);
  }

  /** By series, oldest first. */
  list(): PointRow[] {
    const rows = this.#database.list(
      'SELECT series, position, snapshot, tree, time, is_known, is_file_damaged, facts FROM points ORDER BY series, position',
      [],
    );
    return rows.map(readRow);
  }

  put(row: PointRow): void {
    this.#database.execute(
      `INSERT OR REPLACE INTO points (series, position, snapshot, tree, time, is_known, is_file_damaged, facts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        row.series,
        row.position,
        row.snapshotId,
        row.tree,
        row.time,
        Number(row.isKnown),
        Number(row.isFileDamaged),
        JSON.stringify(row.facts),
      ],
    );
  }

  remove(series: number, position: number): void {
    this.#database.execute('DELETE FROM points WHERE series = ? AND position = ?', [series, position]);
  }

  markUnread(series: number, position: number, node: number): void {
    this.#database.execute('INSERT OR IGNORE INTO unread (series, position, node) VALUES (?, ?, ?)', [
      series,
      position,
      node,
    ]);
  }

  clearUnread(series: number, position: number): void {
    this.#database.execute('DELETE FROM unread WHERE series = ? AND position = ?', [series, position]);
  }

  /** Folders of the point that cannot be read. */
  listUnreadAt(series: number, position: number): number[] {
    const rows = this.#database.list('SELECT node FROM unread WHERE series = ? AND position = ?', [
      series,
      position,
    ]);
    return rows.map(([node]) => Number(node));
  }
}

function readRow([
  series,
  position,
  snapshot,
  tree,
  time,
  isKnown,
  isFileDamaged,
  facts,
]: SqlValue[]): PointRow {
  return {
    series: Number(series),
    position: Number(position),
    snapshotId: String(snapshot) as SnapshotId,
    tree: tree === null ? null : String(tree),
    time: String(time),
    timeMs: timeMsOf(String(time)),
    isKnown: isKnown === 1,
    isFileDamaged: isFileDamaged === 1,
    facts: JSON.parse(String(facts)) as PointFacts,
  };
}

/** Of a snapshot's time, which was proven when it was loaded. */
export function timeMsOf(time: string): number {
  const { sec, nsec } = parseTime(time);
  return sec * 1000 + Math.floor(nsec / 1e6);
}
