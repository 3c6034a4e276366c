/** The machine's parts behind a repository: real clock, real cryptography, who we are; what is saved is confirmed. */
import { systemClock } from '#base/system-clock.ts';
import { createBlobCodec } from '#primitives/blob-codec.ts';
import { createKernels } from '#primitives/kernels.ts';
import { createPrimitives } from '#primitives/node-primitives.ts';
import type { IndexImages } from '#repository/index-image.ts';
import type { OwnLocks } from '#repository/own-locks.ts';
import type { RepositoryCache } from '#repository/repository-cache.ts';
import type { RepositoryPorts } from '#repository/repository.ts';
import { WriteGate } from '#repository/write-gate.ts';
import { ConfirmStorage } from '#storage/decorators/confirm-storage.ts';
import { GateStorage } from '#storage/decorators/gate-storage.ts';
import type { Storage } from '#storage/port.ts';
import { machineIdentity } from './machine-identity.ts';

/** `ownLocks`: see there; what tests and other programs in this process do not share. */
export function createRepositoryPorts(
  storage: Storage,
  ownLocks?: OwnLocks,
  cache?: RepositoryCache,
  indexImages?: IndexImages,
): RepositoryPorts {
  const kernels = createKernels();
  const writeGate = new WriteGate();
  return {
    storage: new GateStorage(new ConfirmStorage(GateStorage.without(storage)), writeGate),
    writeGate,
    ownLocks,
    cache,
    indexImages,
    primitives: createPrimitives(kernels),
    clock: systemClock,
    identity: machineIdentity(),
    createCodec: (keys) => createBlobCodec(keys, { compression: 'auto', verify: true }, kernels),
  };
}
