/** Plans, places, settings. JSON columns are described by the schemas in `plans-table.ts` and `places-table.ts`. */
export const plansAndPlaces = `
CREATE TABLE plans (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  isOn INTEGER NOT NULL,
  folders TEXT NOT NULL,
  exclusions TEXT NOT NULL,
  placeIds TEXT NOT NULL,
  schedule TEXT NOT NULL,
  retention TEXT NOT NULL,
  conditions TEXT NOT NULL,
  commands TEXT NOT NULL,
  pause TEXT,
  createdAtMs INTEGER NOT NULL,
  changedAtMs INTEGER NOT NULL
) STRICT;

CREATE TABLE places (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  address TEXT NOT NULL,
  repositoryId TEXT,
  machineKeyId TEXT,
  addedAtMs INTEGER NOT NULL,
  isRecoveryProven INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID`;
