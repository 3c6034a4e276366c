/** Which files had trouble in a job, and which. Bounded: a disk that fails for a million files must not fill the state. */
import { z } from 'zod';
import { jobId, type JobId, wireError } from '#contract/app/values.ts';
import { bytesColumn, decodeRow, encodeRow, jsonColumn } from './columns.ts';
import type { StateReader, StateWriter } from './state-database.ts';

/** Of one job; the job itself counts all of them. More than anybody reads, about 300 KB. */
export const MOST_TROUBLES_KEPT = 1_000;

const troubleRow = z.strictObject({
  jobId,
  /** From 1 on, in the order in which they came. */
  number: z.number().int().positive(),
  path: bytesColumn,
  error: jsonColumn(wireError),
});

export type JobTrouble = Readonly<Omit<z.output<typeof troubleRow>, 'jobId' | 'number'>>;

/** Adds to those that are there, as far as there is room, and to the count of the job in any case. */
export function addJobTroubles(writer: StateWriter, id: JobId, troubles: readonly JobTrouble[]): void {
  const last = Number(
    writer.first('SELECT count(*) AS kept FROM jobTroubles WHERE jobId = :id', { id })?.['kept'],
  );
  writer.runMany(
    'INSERT INTO jobTroubles (jobId, number, path, error) VALUES (:jobId, :number, :path, :error)',
    troubles
      .slice(0, MOST_TROUBLES_KEPT - last)
      .map((each, at) => encodeRow('jobTroubles', troubleRow, { ...each, jobId: id, number: last + at + 1 })),
  );
  writer.run('UPDATE jobs SET troubleCount = troubleCount + :more WHERE id = :id', {
    id,
    more: troubles.length,
  });
}

/** The job is done anew. */
export function removeJobTroubles(writer: StateWriter, id: JobId): void {
  writer.run('DELETE FROM jobTroubles WHERE jobId = :id', { id });
}

/** @throws state.entryInvalid */
export function listJobTroubles(reader: StateReader, id: JobId): JobTrouble[] {
  return reader
    .all('SELECT * FROM jobTroubles WHERE jobId = :id ORDER BY number', { id })
    .map((row) => decodeRow('jobTroubles', troubleRow, row))
    .map(({ path, error }) => ({ path, error }));
}
