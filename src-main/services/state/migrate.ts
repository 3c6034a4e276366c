/**
 * Brings a database to the newest schema, one numbered migration after the other, each in a transaction of its own.
 * A migration that was released is never changed again (a test holds its text); what must differ is a new one.
 */
import { invariant } from '#base/errors.ts';
import { plansAndPlaces } from './migrations/0001-plans-and-places.ts';
import { jobs } from './migrations/0002-jobs.ts';
import { versions } from './migrations/0003-versions.ts';
import { activity } from './migrations/0004-activity.ts';
import { restOfJobs } from './migrations/0005-rest-of-jobs.ts';
import { heldRuns } from './migrations/0006-held-runs.ts';
import type { StateDatabase } from './state-database.ts';

/** Plain SQL. The first has number 1; an empty database has schema 0. */
export const MIGRATIONS: readonly string[] = [plansAndPlaces, jobs, versions, activity, restOfJobs, heldRuns];

/** Files with a higher number were written by a newer program. */
export const NEWEST_SCHEMA = MIGRATIONS.length;

/** Whether anything was to be done. @throws internal.invariantBroken; then the database is as before the failed step. */
export function migrate(database: StateDatabase, migrations: readonly string[] = MIGRATIONS): boolean {
  const { schema } = database;
  invariant(schema <= migrations.length, 'a newer state is never migrated');
  for (const [at, sql] of migrations.entries()) {
    if (at < schema) continue;
    database.inTransaction(() => database.runScript(`${sql}; PRAGMA user_version = ${at + 1}`));
  }
  return schema < migrations.length;
}
