/**
 * A database of sql.js in memory: the only file that knows sql.js. Hands out rows, runs statements, makes the bytes
 * of the whole. Owns no file and no SQL of the application; tables speak SQL through StateReader and StateWriter.
 * Always: foreign keys are enforced, and a change either happens as a whole or not at all.
 */
import initSqlJs, { type Database, type SqlJsStatic } from 'sql.js';
import { TidemarkError, isTidemarkError } from '#base/errors.ts';
import { APPLICATION_ID } from './state-image.ts';

export type SqlValue = number | string | Uint8Array | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface StateReader {
  /** Parameters stand in the statement as `:name`. */
  all(sql: string, parameters?: SqlRow): SqlRow[];
  first(sql: string, parameters?: SqlRow): SqlRow | undefined;
}

export interface StateWriter extends StateReader {
  run(sql: string, parameters?: SqlRow): void;
  /** The same statement for each; much cheaper than one by one. */
  runMany(sql: string, parameters: readonly SqlRow[]): void;
}

let loading: Promise<SqlJsStatic> | undefined;

export class StateDatabase implements StateWriter {
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
    this.#configure();
  }

  /** @param bytes of a database that was exported; absent: an empty one. Bytes that are no database show in `findDamage`. */
  static async open(bytes?: Uint8Array): Promise<StateDatabase> {
    const { Database } = await (loading ??= initSqlJs());
    const database = new StateDatabase(new Database(bytes ?? null));
    if (bytes === undefined) database.runScript(`PRAGMA application_id = ${APPLICATION_ID}`);
    return database;
  }

  get schema(): number {
    return Number(this.first('PRAGMA user_version')?.['user_version']);
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
  inTransaction<T>(change: (writer: StateWriter) => T): T {
    this.runScript('BEGIN IMMEDIATE');
    try {
      const result = change(this);
      this.runScript('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** SQLite may have done so by itself (out of memory); what went wrong first is what counts. */
  #rollBack(): void {
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
      const statement = this.#database.prepare(sql);
      try {
        for (const each of parameters) statement.run(named(each));
      } finally {
        statement.free();
      }
    });
  }

  first(sql: string, parameters: SqlRow = {}): SqlRow | undefined {
    return this.all(sql, parameters)[0];
  }

  all(sql: string, parameters: SqlRow = {}): SqlRow[] {
    return this.#wrap(sql, () => {
      const statement = this.#database.prepare(sql);
      try {
        const rows: SqlRow[] = [];
        statement.bind(named(parameters));
        while (statement.step()) rows.push(statement.getAsObject());
        return rows;
      } finally {
        statement.free();
      }
    });
  }

  /** A copy of all bytes, for a file or for `open`. Costs a few milliseconds per megabyte. */
  export(): Uint8Array {
    return this.#wrap('export', () => this.#database.export());
  }

  close(): void {
    this.#database.close();
  }

  /** The journal would only be a second file in the same memory. */
  #configure(): void {
    try {
      this.#database.exec('PRAGMA foreign_keys = ON; PRAGMA journal_mode = MEMORY');
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
