/** The machine's own parts for the engine, wherever it runs. */
import { systemClock } from '#base/system-clock.ts';
import type { EngineParts } from '#engine-service/engine-parts.ts';
import { KeytarSecretStore } from '#services/secrets/keytar/keytar-secret-store.ts';
import { SessionSecretStore } from '#services/secrets/session-secret-store.ts';
import { machineIdentity } from './machine-identity.ts';
import { PipelineThreads } from './pipeline-threads.ts';
import { createPlacePorts } from './place-ports.ts';
import { pipelineWorkerUrl } from './program-files.ts';
import { programVersion } from './program-version.ts';

/** As the system's keychain shows it. */
const KEYCHAIN_SERVICE = 'Tidemark';

export function createEngineParts(): EngineParts {
  return {
    clock: systemClock,
    identity: machineIdentity(),
    programVersion: `tidemark ${programVersion}`,
    createPorts: createPlacePorts,
    createThreads: (most) => new PipelineThreads(pipelineWorkerUrl(), most),
    keychain: new KeytarSecretStore({ service: KEYCHAIN_SERVICE, clock: systemClock }),
    session: new SessionSecretStore(),
  };
}
