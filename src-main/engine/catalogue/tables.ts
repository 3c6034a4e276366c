/** All tables of a catalogue over one database, and how the database is set up. */
import { MemoryDatabase, type DatabaseSetup } from '#database/memory-database.ts';
import { ABOUT_SCHEMA } from './about-table.ts';
import { ChangesTable, CHANGES_SCHEMA } from './changes-table.ts';
import { NodesTable, NODES_SCHEMA } from './nodes-table.ts';
import { PathFacts } from './path-facts.ts';
import { PointsTable, POINTS_SCHEMA } from './points-table.ts';
import { SpansTable, SPANS_SCHEMA } from './spans-table.ts';

/** `TDMC`. */
export const CATALOGUE_APPLICATION_ID = 0x54444d43;

/** A file with another number is thrown away: every change of what the tables hold, or mean, is a new one. */
export const CATALOGUE_SCHEMA = 2;

const SETUP: DatabaseSetup = {
  applicationId: CATALOGUE_APPLICATION_ID,
  // Large pages and a cache that holds the inner ones of all tables: twice as fast as the defaults, measured.
  pragmas: 'PRAGMA page_size = 16384; PRAGMA cache_size = -32000; PRAGMA journal_mode = MEMORY',
};

export interface Tables {
  readonly database: MemoryDatabase;
  readonly points: PointsTable;
  readonly nodes: NodesTable;
  readonly spans: SpansTable;
  readonly changes: ChangesTable;
  readonly facts: PathFacts;
}

/** @param bytes of a sound catalogue; absent: an empty one */
export async function openTables(bytes?: Uint8Array): Promise<Tables> {
  const database = await MemoryDatabase.openMemory(SETUP, bytes);
  if (bytes === undefined) {
    database.runScript(ABOUT_SCHEMA + POINTS_SCHEMA + NODES_SCHEMA + SPANS_SCHEMA + CHANGES_SCHEMA);
    database.runScript(`PRAGMA user_version = ${CATALOGUE_SCHEMA}`);
  }
  const facts: PathFacts = new PathFacts({
    get isInTransaction() {
      return database.isInTransaction;
    },
    readParents: (from, to) => nodes.readParents(from, to),
    readSpans: (from, to) => spans.readFacts(from, to),
  });
  const nodes = new NodesTable(database, facts);
  const spans = new SpansTable(database, facts);
  return {
    database,
    points: new PointsTable(database),
    nodes,
    spans,
    changes: new ChangesTable(database),
    facts,
  };
}
