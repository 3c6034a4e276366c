/** The log only grows; the triggers keep a mistake of ours from changing what it says. */
export const activity = `
CREATE TABLE activity (
  number INTEGER PRIMARY KEY,
  atMs INTEGER NOT NULL,
  kind TEXT NOT NULL,
  data TEXT NOT NULL,
  previousHash TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER activityIsNotChanged BEFORE UPDATE ON activity
BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END;

CREATE TRIGGER activityIsNotRemoved BEFORE DELETE ON activity
BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END`;
