/**
 * The one place where the engine's real functions are put behind the calls of the commands.
 * Loaded only when a command is about to work, so that `--help` and mistakes cost nothing.
 */
import { TidemarkError } from '#base/errors.ts';
import type { EngineCalls } from './engine-calls.ts';

export function connectEngine(): EngineCalls {
  const missing = (name: string) => () => {
    throw new TidemarkError('internal.invariantBroken', { what: `${name} is not connected` });
  };
  return {
    init: missing('init'),
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
    backup: missing('backup'),
    restore: missing('restore'),
    check: missing('check'),
  };
}
