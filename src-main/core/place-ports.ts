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
import { RateLimit, RateLimitStorage } from '#storage/decorators/rate-limit.ts';
import { RETRY_BUDGETS, RetryStorage } from '#storage/decorators/retry-storage.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import type { PlaceLocation } from '#storage/locations/place-location.ts';
import type { PlaceSettings } from '#storage/locations/place-settings.ts';
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
  readonly settings?: PlaceSettings | undefined;
  /** Bytes a second to the place and from it. */
  readonly limits?: { readonly up?: number; readonly down?: number } | undefined;
}

/** The storage is not opened yet, and to be closed. @throws request.invalidInput */
export function createPlacePorts(
  text: string,
  env: Environment = process.env,
  options: PlacePortsOptions = {},
): RepositoryPorts {
  const { noCache = false, lockPatienceMs, limits } = options;
  const location = parseLocation(text);
  const storage = createPlaceStorage(location, env, options);
  const ownLocks = ownLocksOnDisk(path.join(stateFolder(env), 'locks'));
  const use = (ports: RepositoryPorts): RepositoryPorts => ({ ...paced(ports, limits), lockPatienceMs });
  if (noCache) return use(createRepositoryPorts(storage, ownLocks));
  const images = indexImagesOnDisk(path.join(cacheFolder(env), 'indexes'), systemClock);
  if (location.kind === 'local') return use(createRepositoryPorts(storage, ownLocks, undefined, images));
  const folder = path.join(cacheFolder(env), 'places', cacheName(storage.location));
  const cache = new FileCache({ folder, maxBytes: CACHE_BYTES, clock: systemClock });
  return use(createRepositoryPorts(new WithCache(storage, cache), ownLocks, cache, images));
}

function paced(ports: RepositoryPorts, limits: PlacePortsOptions['limits']): RepositoryPorts {
  if (limits === undefined) return ports;
  const [up, down] = [new RateLimit(systemClock), new RateLimit(systemClock)];
  up.set(limits.up);
  down.set(limits.down);
  return { ...ports, storage: new RateLimitStorage(ports.storage, { up, down }) };
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

function createPlaceStorage(
  location: PlaceLocation,
  env: Environment,
  { isBrief = false, settings }: PlacePortsOptions,
): Storage {
  const bare = openStorage(location, {
    clock: systemClock,
    env,
    settings,
    ownKnownHostsFile: path.join(stateFolder(env), 'known_hosts'),
  });
  const isLocal = location.kind === 'local';
  const maxConcurrent = settings?.connections?.[location.kind] ?? (isLocal ? undefined : NETWORK_CALLS);
  const limited = maxConcurrent === undefined ? bare : new LimitStorage(bare, { maxConcurrent });
  const retrying = { clock: systemClock, random: Math.random };
  if (isLocal) return new RetryStorage(limited, { ...retrying, budget: RETRY_BUDGETS.local });
  // One that waits for its next try keeps no other from being asked.
  return new RetryStorage(limited, {
    ...retrying,
    budget: isBrief ? RETRY_BUDGETS.networkOpen : RETRY_BUDGETS.network,
    openBudget: RETRY_BUDGETS.networkOpen,
  });
}
