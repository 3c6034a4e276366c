/**
 * Why a job rests outlives the process: what the person lets rest is not taken up by a restart. Conditions held only
 * backups that nobody had started by hand, so everything else that rests was the person's.
 */
export const restOfJobs = `
ALTER TABLE jobs ADD COLUMN wait TEXT;

UPDATE jobs SET wait = CASE WHEN kind = 'backup' AND startedBy <> 'person' THEN 'paused' ELSE 'byPerson' END
WHERE state = 'paused'`;
