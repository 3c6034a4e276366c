/**
 * A repository whose locks are confirmed without the wait of 200 ms, for tests that make hundreds of backups one after the
 * other. Everything else is as in the product.
 */
import { systemClock } from '#base/system-clock.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { LOCK_RACE_WAIT_MS } from '#repository/lock-rules.ts';
import { Repository } from '#repository/repository.ts';
import type { Storage } from '#storage/port.ts';

/** As `reopen`: nothing is loaded yet. */
export function reopenEagerly(
  { config, keys, keyId, storage: own }: Repository,
  storage: Storage = own,
): Repository {
  const clock = {
    ...systemClock,
    sleep: (delayMs: number, signal?: AbortSignal) =>
      systemClock.sleep(delayMs === LOCK_RACE_WAIT_MS ? 0 : delayMs, signal),
  };
  return new Repository({ ...createRepositoryPorts(storage), clock }, config, keys, keyId);
}
