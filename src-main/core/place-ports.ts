/** The ports of the repository at a location, as every host opens places. */
import path from 'node:path';
import { systemClock } from '#base/system-clock.ts';
import type { RepositoryPorts } from '#repository/repository.ts';
import { RETRY_BUDGETS, RetryStorage } from '#storage/decorators/retry-storage.ts';
import { openStorage } from '#storage/registry.ts';
import { ownLocksOnDisk } from './own-locks-on-disk.ts';
import { createRepositoryPorts } from './repository-ports.ts';
import { stateFolder } from './state-folder.ts';

/** Its storage repeats what may pass; it is not opened yet, and to be closed. @throws request.invalidInput */
export function createPlacePorts(location: string): RepositoryPorts {
  const storage = new RetryStorage(openStorage(location), {
    clock: systemClock,
    random: Math.random,
    budget: RETRY_BUDGETS.local,
  });
  return createRepositoryPorts(storage, ownLocksOnDisk(path.join(stateFolder(process.env), 'locks')));
}
