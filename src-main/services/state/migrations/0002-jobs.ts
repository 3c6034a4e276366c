/** Jobs outlive their plan and place: history is not forgotten because something was removed. */
export const jobs = `
CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  planId TEXT,
  placeId TEXT,
  startedBy TEXT NOT NULL,
  state TEXT NOT NULL,
  request TEXT NOT NULL,
  queuedAtMs INTEGER NOT NULL,
  startedAtMs INTEGER,
  startOffsetSec INTEGER,
  endedAtMs INTEGER,
  result TEXT,
  error TEXT,
  troubleCount INTEGER NOT NULL,
  isAhead INTEGER NOT NULL
) STRICT;

CREATE INDEX jobsByTime ON jobs (queuedAtMs, id);
CREATE INDEX jobsUnfinished ON jobs (queuedAtMs, id) WHERE endedAtMs IS NULL;

CREATE TABLE jobTroubles (
  jobId TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  path BLOB NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (jobId, number)
) STRICT, WITHOUT ROWID`;
