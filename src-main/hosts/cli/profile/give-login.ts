/** Hands on what logs in to a place, from the environment of the command: the core may run elsewhere, without it. */
import { LOGIN_NAMES_OF } from '#contract/login-names.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import type { CommandSession } from '../command-session.ts';
import type { ProfileConnection } from './profile-connection.ts';

/** @returns the names of what was handed on; the core keeps it in the keychain. @throws request.invalidInput */
export async function giveLogin(
  { host, output }: CommandSession,
  { calls }: ProfileConnection,
  location: string,
): Promise<readonly string[]> {
  const { kind } = parseLocation(location);
  if (kind === 'local') return [];
  const given = LOGIN_NAMES_OF[kind].flatMap((name) => {
    const value = host.env[name];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  if (given.length === 0) return [];
  const refusal = await calls['places.login']({ location, login: Object.fromEntries(given) });
  if (refusal !== null) {
    output.complain(
      `What logs in there holds until Tidemark ends, because the keychain does not keep it (${refusal}).`,
    );
  }
  return given.map(([name]) => name);
}

/** For people. */
export function namesFor(location: string): string {
  const { kind } = parseLocation(location);
  return kind === 'local' ? 'nothing: a folder needs no login' : LOGIN_NAMES_OF[kind].join(', ');
}
