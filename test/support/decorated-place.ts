/**
 * Places as hosts open them: retried, limited, confirmed, gated, with a cache nearby; traced and held to rates besides.
 * What the storage contract has to survive on every kind of server.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#base/system-clock.ts';
import { createPlacePorts } from '#core/place-ports.ts';
import { TraceStorage } from '#storage/decorators/trace-storage.ts';
import { RateLimit, RateLimitStorage } from '#storage/decorators/rate-limit.ts';
import type { StoragePlace } from '#test/suites/storage-suite.ts';

/** The same place with everything around it; what was opened of it before is closed. */
export async function decoratePlace<Place extends StoragePlace>(
  place: Place,
  env: Readonly<Record<string, string>> = {},
): Promise<Place> {
  await place.storage.close();
  const home = await mkdtemp(join(tmpdir(), 'tidemark-decorated-'));
  const ports = createPlacePorts(place.storage.location, {
    ...env,
    XDG_STATE_HOME: home,
    XDG_CACHE_HOME: home,
  });
  const limits = { up: new RateLimit(systemClock), down: new RateLimit(systemClock) };
  for (const limit of Object.values(limits)) limit.set(1e12);
  const traced = new TraceStorage(ports.storage, systemClock, () => undefined);
  return {
    ...place,
    storage: new RateLimitStorage(traced, limits),
    dispose: async () => {
      await place.dispose();
      await rm(home, { recursive: true, force: true });
    },
  };
}
