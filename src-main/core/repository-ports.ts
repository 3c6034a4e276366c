/** The machine's parts behind a repository: real clock, real cryptography, who we are; what is saved is confirmed. */
import { systemClock } from '#base/system-clock.ts';
import { createBlobCodec } from '#primitives/blob-codec.ts';
import { createKernels } from '#primitives/kernels.ts';
import { createPrimitives } from '#primitives/node-primitives.ts';
import type { RepositoryPorts } from '#repository/repository.ts';
import { ConfirmStorage } from '#storage/decorators/confirm-storage.ts';
import type { Storage } from '#storage/port.ts';
import { machineIdentity } from './machine-identity.ts';

export function createRepositoryPorts(storage: Storage): RepositoryPorts {
  const kernels = createKernels();
  return {
    storage: new ConfirmStorage(storage),
    primitives: createPrimitives(kernels),
    clock: systemClock,
    identity: machineIdentity(),
    createCodec: (keys) => createBlobCodec(keys, { compression: 'auto', verify: true }, kernels),
  };
}
