/** What is known of each place without asking it. A place that goes takes its versions along: they are its list. */
export const versions = `
CREATE TABLE versions (
  placeId TEXT NOT NULL REFERENCES places (id) ON DELETE CASCADE,
  snapshotId TEXT NOT NULL,
  planId TEXT,
  time TEXT NOT NULL,
  timeMs INTEGER NOT NULL,
  tree TEXT NOT NULL,
  hostname TEXT NOT NULL,
  username TEXT NOT NULL,
  paths TEXT NOT NULL,
  tags TEXT NOT NULL,
  isComplete INTEGER NOT NULL,
  confirmedAtMs INTEGER,
  PRIMARY KEY (placeId, snapshotId)
) STRICT, WITHOUT ROWID;

CREATE INDEX versionsByTime ON versions (placeId, timeMs, snapshotId)`;
