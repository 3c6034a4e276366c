/** The machine's own parts for the engine, wherever it runs. */
import path from 'node:path';
import { systemClock } from '#base/system-clock.ts';
import type { EngineParts } from '#engine-service/engine-parts.ts';
import { KeytarSecretStore } from '#services/secrets/keytar/keytar-secret-store.ts';
import { SessionSecretStore } from '#services/secrets/session-secret-store.ts';
import { NodeDatabaseDisk } from '#database/node-database-disk.ts';
import { machineIdentity } from './machine-identity.ts';
import { PipelineThreads } from './pipeline-threads.ts';
import { parsePlaceSettings } from '#storage/locations/place-settings.ts';
import { createPlacePorts } from './place-ports.ts';
import { pipelineWorkerUrl } from './program-files.ts';
import { programVersion } from './program-version.ts';
import { stateFolder } from './state-folder.ts';

/** What the application itself does in a place beside what a person asks for, or another computer does, is mostly over by then. */
const LOCK_PATIENCE_MS = 30_000;
/** As the system's keychain shows it. */
const KEYCHAIN_SERVICE = 'Tidemark';

export function createEngineParts(): EngineParts {
  return {
    clock: systemClock,
    identity: machineIdentity(),
    programVersion: `tidemark ${programVersion}`,
    createPorts: ({ location, options = {} }, login, isBrief = false) =>
      createPlacePorts(
        location,
        { ...process.env, ...login },
        {
          isBrief,
          lockPatienceMs: LOCK_PATIENCE_MS,
          settings: parsePlaceSettings(Object.entries(options).map(([name, value]) => `${name}=${value}`)),
        },
      ),
    createThreads: (most) => new PipelineThreads(pipelineWorkerUrl(), most),
    catalogueDisk: new NodeDatabaseDisk(path.join(stateFolder(process.env), 'catalogues')),
    keychain: new KeytarSecretStore({ service: KEYCHAIN_SERVICE, clock: systemClock }),
    session: new SessionSecretStore(),
  };
}
