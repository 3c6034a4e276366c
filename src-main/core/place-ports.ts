/**
 * The ports of the repository at a location, as every host opens places: what may pass is repeated, and a place behind a
 * network is not asked more at once than restic would, and not again for what was read or written before.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { systemClock } from '#base/system-clock.ts';
import type { RepositoryPorts } from '#repository/repository.ts';
import { FileCache } from '#storage/cache/file-cache.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import { LimitStorage } from '#storage/decorators/limit-storage.ts';
import { RETRY_BUDGETS, RetryStorage } from '#storage/decorators/retry-storage.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import type { PlaceLocation } from '#storage/locations/place-location.ts';
import type { Storage } from '#storage/port.ts';
import { openStorage } from '#storage/registry.ts';
import { cacheFolder } from './cache-folder.ts';
import { indexImagesOnDisk } from './index-images-on-disk.ts';
import { ownLocksOnDisk } from './own-locks-on-disk.ts';
import type { Environment } from './profile-folder.ts';
import { createRepositoryPorts } from './repository-ports.ts';
import { stateFolder } from './state-folder.ts';

/** Calls under way at a place behind a network: restic's own figure for all its kinds. */
const NETWORK_CALLS = 5;

/** What one place may take up nearby; a million files have about a tenth of it. */
const CACHE_BYTES = 2 * 1024 ** 3;

export interface PlacePortsOptions {
  /** Far places are read themselves. */
  readonly noCache?: boolean;
  /** Nothing is tried again for longer than opening is. */
  readonly isBrief?: boolean;
  /** See `RepositoryPorts`. */
  readonly lockPatienceMs?: number;
}

/** The storage is not opened yet, and to be closed. @throws request.invalidInput */
export function createPlacePorts(
  text: string,
  env: Environment = process.env,
  { noCache = false, isBrief = false, lockPatienceMs }: PlacePortsOptions = {},
): RepositoryPorts {
  const location = parseLocation(text);
  const storage = createPlaceStorage(location, env, isBrief);
  const ownLocks = ownLocksOnDisk(path.join(stateFolder(env), 'locks'));
  if (noCache) return { ...createRepositoryPorts(storage, ownLocks), lockPatienceMs };
  const images = indexImagesOnDisk(path.join(cacheFolder(env), 'indexes'), systemClock);
  if (location.kind === 'local')
    return { ...createRepositoryPorts(storage, ownLocks, undefined, images), lockPatienceMs };
  const folder = path.join(cacheFolder(env), 'places', cacheName(storage.location));
  const cache = new FileCache({ folder, maxBytes: CACHE_BYTES, clock: systemClock });
  return { ...createRepositoryPorts(new WithCache(storage, cache), ownLocks, cache, images), lockPatienceMs };
}

/** Closes the cache with the place it belongs to. */
class WithCache extends ForwardingStorage {
  readonly #cache: FileCache;

  constructor(inner: Storage, cache: FileCache) {
    super(inner);
    this.#cache = cache;
  }

  override async close(): Promise<void> {
    await this.#cache.close();
    await this.inner.close();
  }
}

/** The same for the same place; what is kept is named by its content, so another repository there does no harm. */
function cacheName(location: string): string {
  return createHash('sha256').update(location).digest('hex').slice(0, 32);
}

function createPlaceStorage(location: PlaceLocation, env: Environment, isBrief: boolean): Storage {
  const bare = openStorage(location, {
    clock: systemClock,
    env,
    ownKnownHostsFile: path.join(stateFolder(env), 'known_hosts'),
  });
  const retrying = { clock: systemClock, random: Math.random };
  if (location.kind === 'local') return new RetryStorage(bare, { ...retrying, budget: RETRY_BUDGETS.local });
  const limited = new LimitStorage(bare, { maxConcurrent: NETWORK_CALLS });
  // One that waits for its next try keeps no other from being asked.
  return new RetryStorage(limited, {
    ...retrying,
    budget: isBrief ? RETRY_BUDGETS.networkOpen : RETRY_BUDGETS.network,
    openBudget: RETRY_BUDGETS.networkOpen,
  });
}
