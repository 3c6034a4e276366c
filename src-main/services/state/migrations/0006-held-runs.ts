/** As jobs, these outlive their plan and place. */
export const heldRuns = `
CREATE TABLE heldRuns (
  planId TEXT NOT NULL,
  placeId TEXT NOT NULL,
  fromMs INTEGER NOT NULL,
  toMs INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (planId, placeId, fromMs)
) STRICT, WITHOUT ROWID;

CREATE INDEX heldRunsByEnd ON heldRuns (toMs)`;
