/**
 * The one place where the engine's real functions are put behind the calls of the commands.
 * Loaded only when a command is about to work, so that `--help` and mistakes cost nothing.
 */
import { TidemarkError } from '#base/errors.ts';
import { initRepository } from '#repository/init-repository.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { backup } from './call-backup.ts';
import { portsFor } from './engine-session.ts';

export function connectEngine(): EngineCalls {
  const missing = (name: string) => () => {
    throw new TidemarkError('internal.invariantBroken', { what: `${name} is not connected` });
  };
  return {
    init,
    snapshots: missing('snapshots'),
    listEntries: missing('listEntries'),
    stats: missing('stats'),
    listKeys: missing('listKeys'),
    addKey: missing('addKey'),
    removeKey: missing('removeKey'),
    changePassword: missing('changePassword'),
    unlock: missing('unlock'),
    cat: missing('cat'),
    dump: missing('dump'),
    backup,
    restore: missing('restore'),
    check: missing('check'),
  };
}

const init: EngineCalls['init'] = async ({ location, password, version }, { signal }) => {
  const ports = portsFor(location);
  try {
    const repository = await initRepository(ports, password, { version }, signal);
    return { id: repository.config.id, location: ports.storage.location };
  } finally {
    await ports.storage.close();
  }
};
