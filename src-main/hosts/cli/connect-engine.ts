/**
 * The one place where the engine's real functions are put behind the calls of the commands.
 * Loaded only when a command is about to work, so that `--help` and mistakes cost nothing.
 */
import { TidemarkError } from '#base/errors.ts';
import type { EngineCalls } from './engine-calls.ts';

export function connectEngine(): EngineCalls {
  return new Proxy({} as EngineCalls, {
    get: (_target, name) => () => {
      throw new TidemarkError('internal.invariantBroken', { what: `${String(name)} is not connected` });
    },
  });
}
