/**
 * The ports of the repository at a location, as every host opens places: what may pass is repeated, and a place behind a
 * network is not asked more at once than restic would.
 */
import path from 'node:path';
import { systemClock } from '#base/system-clock.ts';
import type { RepositoryPorts } from '#repository/repository.ts';
import { LimitStorage } from '#storage/decorators/limit-storage.ts';
import { RETRY_BUDGETS, RetryStorage } from '#storage/decorators/retry-storage.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import type { Storage } from '#storage/port.ts';
import { openStorage } from '#storage/registry.ts';
import { ownLocksOnDisk } from './own-locks-on-disk.ts';
import type { Environment } from './profile-folder.ts';
import { createRepositoryPorts } from './repository-ports.ts';
import { stateFolder } from './state-folder.ts';

/** Calls under way at a place behind a network: restic's own figure for all its kinds. */
const NETWORK_CALLS = 5;

/** The storage is not opened yet, and to be closed. @throws request.invalidInput */
export function createPlacePorts(location: string, env: Environment = process.env): RepositoryPorts {
  return createRepositoryPorts(
    createPlaceStorage(location, env),
    ownLocksOnDisk(path.join(stateFolder(env), 'locks')),
  );
}

function createPlaceStorage(text: string, env: Environment): Storage {
  const location = parseLocation(text);
  const bare = openStorage(location, { clock: systemClock, env });
  const retrying = { clock: systemClock, random: Math.random };
  if (location.kind === 'local') return new RetryStorage(bare, { ...retrying, budget: RETRY_BUDGETS.local });
  const limited = new LimitStorage(bare, { maxConcurrent: NETWORK_CALLS, clock: systemClock });
  // One that waits for its next try keeps no other from being asked.
  return new RetryStorage(limited, {
    ...retrying,
    budget: RETRY_BUDGETS.network,
    openBudget: RETRY_BUDGETS.networkOpen,
  });
}
