/** Migrations: from every earlier schema to the newest with nothing lost, and never a released one changed. */
import fs from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate, MIGRATIONS, NEWEST_SCHEMA } from '#services/state/migrate.ts';
import { parseStateImage, StateDatabase } from '#services/state/state-database.ts';
import { encodeStateImage, makeProfileFolder, withState } from '#test/support/state.ts';

/** A row for every table that a schema made, as it was written then; checked after the way to the newest. */
const ROWS: readonly (readonly string[])[] = [
  [
    `INSERT INTO plans VALUES ('plan', 'P', 1, '[]', '{}', '[]', '{}', '{}', '{}', '{}', NULL, 1, 2)`,
    `INSERT INTO places VALUES ('place', 'Q', 'local', '{}', NULL, 'key', 3, 0)`,
    `INSERT INTO settings VALUES ('installationId', '"me"')`,
  ],
  [
    `INSERT INTO jobs VALUES ('job', 'backup', 'plan', NULL, 'person', 'done', 'null', 1, 2, 7200, 3, NULL, NULL, 1, 0)`,
    `INSERT INTO jobTroubles VALUES ('job', 1, x'ff', '{}')`,
  ],
  [`INSERT INTO versions VALUES ('place', 's', NULL, 't', 4, 'tree', 'h', 'u', '[]', '[]', 1, NULL)`],
  [`INSERT INTO activity VALUES (1, 5, 'started', 'null', 'none', 'hash')`],
  [
    `INSERT INTO jobs VALUES ('job-5', 'backup', NULL, NULL, 'person', 'paused', 'null', 1, 2, 7200, NULL, NULL, NULL, 0, 0, 'byPerson')`,
  ],
  [`INSERT INTO heldRuns VALUES ('plan', 'place', 6, 7, 'placeAway')`],
];

/** A released migration is in files out there. A new one gets a line; a line is never changed. */
const TEXTS: readonly string[] = [
  'fc892e11d137e611',
  '0837fa9629035e91',
  '41b90dd7f88847f9',
  '16070205b81d9cdf',
  'a57b307a69cf2b4e',
  'a250db5c24e29aa8',
];

function tablesOf(database: StateDatabase): unknown {
  return database.all('SELECT type, name, sql FROM sqlite_schema ORDER BY name');
}

function contentsOf(database: StateDatabase, schema: number): (readonly [table: string, rows: object[]])[] {
  const tables = ROWS.slice(0, schema).flatMap((rows) => rows.map((sql) => sql.split(' ')[2] ?? ''));
  return tables.map((table) => [table, database.all(`SELECT * FROM ${table}`)] as const);
}

/** As a program left it that knew only so many migrations. */
async function makeOld(schema: number): Promise<StateDatabase> {
  const database = await StateDatabase.open();
  for (const [at, rows] of ROWS.slice(0, schema).entries()) {
    migrate(database, MIGRATIONS.slice(0, at + 1));
    for (const sql of rows) database.run(sql);
  }
  return database;
}

test('every migration has rows to carry along', () => {
  expect(ROWS).toHaveLength(NEWEST_SCHEMA);
});

test('released migrations are as they were', () => {
  const texts = MIGRATIONS.map((sql) => createHash('sha256').update(sql).digest('hex').slice(0, 16));
  expect(texts).toEqual(TEXTS);
});

describe.each(MIGRATIONS.map((_, schema) => schema))('from schema %i', (schema) => {
  let folder: string;
  beforeEach(() => {
    folder = makeProfileFolder();
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  test('the tables become those of a new state, the rows stay', async () => {
    const database = await makeOld(schema);
    const before = contentsOf(database, schema);
    expect(migrate(database)).toBe(true);
    expect(database.schema).toBe(NEWEST_SCHEMA);
    const fresh = await StateDatabase.open();
    migrate(fresh);
    expect(tablesOf(database)).toEqual(tablesOf(fresh));
    // Later schemas may add columns.
    expect(contentsOf(database, schema)).toMatchObject(before);
    expect(database.findDamage()).toBeUndefined();
    expect(migrate(database)).toBe(false);
  });

  test('a file is migrated when it is opened, and the old one is the copy', async () => {
    const old = encodeStateImage((await makeOld(schema)).export(), 1);
    fs.writeFileSync(join(folder, 'state.db'), old);
    const rows = await withState(folder, (state) =>
      state.read((reader) => (schema === 0 ? [] : reader.all('SELECT id FROM plans'))),
    );
    expect(rows).toEqual(schema === 0 ? [] : [{ id: 'plan' }]);
    expect(parseStateImage(fs.readFileSync(join(folder, 'state.db')))).toMatchObject({
      schema: NEWEST_SCHEMA,
    });
    expect(new Uint8Array(fs.readFileSync(join(folder, 'state.last-good.db')))).toEqual(new Uint8Array(old));
  });
});

test('what rested before it was kept why: the person’s, unless a condition can have held it', async () => {
  const database = await makeOld(4);
  const rest = (id: string, kind: string, startedBy: string, state = 'paused'): void =>
    database.run(
      `INSERT INTO jobs VALUES ('${id}', '${kind}', NULL, NULL, '${startedBy}', '${state}', 'null', 1, 2, 7200, NULL, NULL, NULL, 0, 0)`,
    );
  rest('by hand', 'backup', 'person');
  rest('by itself', 'backup', 'schedule');
  rest('restore', 'restore', 'retry');
  rest('runs', 'backup', 'person', 'running');
  migrate(database);
  expect(database.all('SELECT id, wait FROM jobs WHERE endedAtMs IS NULL ORDER BY id')).toEqual([
    { id: 'by hand', wait: 'byPerson' },
    { id: 'by itself', wait: 'paused' },
    { id: 'restore', wait: 'byPerson' },
    { id: 'runs', wait: null },
  ]);
});

test('a migration that fails half-way leaves the schema before it', async () => {
  const database = await makeOld(2);
  const failing = [...MIGRATIONS, 'CREATE TABLE extra (a); INSERT INTO nowhere VALUES (1)'];
  expect(() => migrate(database, failing)).toThrow(
    expect.objectContaining({ code: 'internal.invariantBroken' }),
  );
  expect(database.schema).toBe(NEWEST_SCHEMA);
  expect(database.first(`SELECT 1 FROM sqlite_schema WHERE name = 'extra'`)).toBeUndefined();
});

test('a newer state is not touched', async () => {
  const database = await makeOld(NEWEST_SCHEMA);
  expect(() => migrate(database, MIGRATIONS.slice(0, 1))).toThrow(
    expect.objectContaining({ code: 'internal.invariantBroken' }),
  );
});
