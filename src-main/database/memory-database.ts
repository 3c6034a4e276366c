/**
 * A database of sql.js in memory: the only file that knows sql.js. Hands out rows, runs statements, makes the bytes
 * of the whole. Owns no file and no table; who opens one speaks SQL through SqlReader and SqlWriter.
 * Always: a change either happens as a whole or not at all. Statements are prepared once and kept.
 */
import initSqlJs, { type Database, type SqlJsStatic, type Statement } from 'sql.js';
import { TidemarkError, isTidemarkError } from '#base/errors.ts';

export type SqlValue = number | string | Uint8Array | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface SqlReader {
  /** Parameters stand in the statement as `:name`. */
  all(sql: string, parameters?: SqlRow): SqlRow[];
  first(sql: string, parameters?: SqlRow): SqlRow | undefined;
}

export interface SqlWriter extends SqlReader {
  run(sql: string, parameters?: SqlRow): void;
  /** The same statement for each; much cheaper than one by one. */
  runMany(sql: string, parameters: readonly SqlRow[]): void;
}

export interface DatabaseSetup {
  /** Which program's file it is; set in new databases. Source: SQLite file format, 1.3, offset 68. */
  readonly applicationId: number;
  /** Run at every opening, before anything is read. */
  readonly pragmas: string;
}

/** One that is run again before its rows were all read would lose them; rows are always read to the end here. */
const STATEMENTS_KEPT = 100;

let loading: Promise<SqlJsStatic> | undefined;

export class MemoryDatabase implements SqlWriter {
  readonly #database: Database;
  /** The last used at the end. */
  readonly #statements = new Map<string, Statement>();
  #isInTransaction = false;

  protected constructor(database: Database, setup: DatabaseSetup, isNew: boolean) {
    this.#database = database;
    this.#configure(setup.pragmas);
    if (isNew) this.runScript(`PRAGMA application_id = ${setup.applicationId}`);
  }

  /** @param bytes of a database that was exported; absent: an empty one. Bytes that are no database show in `findDamage`. */
  static async openMemory(setup: DatabaseSetup, bytes?: Uint8Array): Promise<MemoryDatabase> {
    return new MemoryDatabase(await MemoryDatabase.load(bytes), setup, bytes === undefined);
  }

  protected static async load(bytes: Uint8Array | undefined): Promise<Database> {
    const sqlJs = await (loading ??= initSqlJs());
    return new sqlJs.Database(bytes ?? null);
  }

  get schema(): number {
    return Number(this.first('PRAGMA user_version')?.['user_version']);
  }

  /** What is read now may be undone. */
  get isInTransaction(): boolean {
    return this.#isInTransaction;
  }

  /** What SQLite finds wrong with its structure, indexes and references; undefined when nothing. */
  findDamage(): string | undefined {
    try {
      const found = this.first('PRAGMA integrity_check(1)')?.['integrity_check'];
      if (found !== 'ok') return `it contradicts itself (${String(found)})`;
      const orphan = this.first('PRAGMA foreign_key_check');
      if (orphan === undefined) return undefined;
      return `it contradicts itself (${String(orphan['table'])} without ${String(orphan['parent'])})`;
    } catch (error) {
      return `it is no database (${causeOf(error)})`;
    }
  }

  /** All or nothing. Not to be nested. What `change` throws comes out. */
  inTransaction<T>(change: (writer: SqlWriter) => T): T {
    this.#begin();
    try {
      const result = change(this);
      this.#commit();
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** As `inTransaction`, for changes that wait for something else; nobody else may begin one meanwhile. */
  async inLongTransaction<T>(change: () => Promise<T>): Promise<T> {
    this.#begin();
    try {
      const result = await change();
      this.#commit();
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  #begin(): void {
    this.runScript('BEGIN IMMEDIATE');
    this.#isInTransaction = true;
  }

  #commit(): void {
    this.runScript('COMMIT');
    this.#isInTransaction = false;
  }

  /** SQLite may have done so by itself (out of memory); what went wrong first is what counts. */
  #rollBack(): void {
    this.#isInTransaction = false;
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // No transaction any more.
    }
  }

  /** Several statements, no parameters: for migrations. */
  runScript(sql: string): void {
    this.#wrap(sql, () => this.#database.exec(sql));
  }

  run(sql: string, parameters: SqlRow = {}): void {
    this.runMany(sql, [parameters]);
  }

  runMany(sql: string, parameters: readonly SqlRow[]): void {
    this.#wrap(sql, () => {
      const statement = this.#prepare(sql);
      for (const each of parameters) statement.run(named(each));
    });
  }

  first(sql: string, parameters: SqlRow = {}): SqlRow | undefined {
    return this.all(sql, parameters)[0];
  }

  all(sql: string, parameters: SqlRow = {}): SqlRow[] {
    return this.#wrap(sql, () => {
      const statement = this.#prepare(sql);
      const rows: SqlRow[] = [];
      try {
        statement.bind(named(parameters));
        while (statement.step()) rows.push(statement.getAsObject());
      } finally {
        statement.reset();
      }
      return rows;
    });
  }

  /** `all` and `run` for many small steps: parameters stand as `?` and rows are lists, in the order of the columns. */
  list(sql: string, parameters: readonly SqlValue[]): SqlValue[][] {
    return this.#wrap(sql, () => {
      const statement = this.#prepare(sql);
      const rows: SqlValue[][] = [];
      try {
        statement.bind(parameters as SqlValue[]);
        while (statement.step()) rows.push(statement.get());
      } finally {
        statement.reset();
      }
      return rows;
    });
  }

  execute(sql: string, parameters: readonly SqlValue[]): void {
    this.#wrap(sql, () => this.#prepare(sql).run(parameters as SqlValue[]));
  }

  /** A copy of all bytes, for a file or for `open`. Costs a few milliseconds per megabyte. */
  export(): Uint8Array {
    // It frees all statements.
    this.#statements.clear();
    return this.#wrap('export', () => this.#database.export());
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    for (const [oldest, unused] of this.#statements) {
      if (this.#statements.size <= STATEMENTS_KEPT) break;
      unused.free();
      this.#statements.delete(oldest);
    }
    return statement;
  }

  #configure(pragmas: string): void {
    try {
      this.#database.exec(pragmas);
    } catch {
      // No database at all: findDamage says so.
    }
  }

  /** The bytes were proven when they were read, so what fails here is a mistake of ours. */
  #wrap<T>(sql: string, run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (isTidemarkError(error)) throw error;
      throw new TidemarkError(
        'internal.invariantBroken',
        { what: `state: ${sql.trim().split('\n', 1)[0] ?? ''}` },
        { cause: error },
      );
    }
  }
}

/** For the log. */
function causeOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
}

function named(parameters: SqlRow): Record<string, SqlValue> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`:${name}`, value]));
}
