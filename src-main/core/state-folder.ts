/** Where this user's programs keep what only concerns this machine. Source: XDG Base Directory Specification. */
import { homedir } from 'node:os';
import path from 'node:path';

export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const given = env['XDG_STATE_HOME'];
  // A relative one is to be ignored, says the specification.
  const base =
    given !== undefined && path.isAbsolute(given) ? given : path.join(homedir(), '.local', 'state');
  return path.join(base, 'tidemark');
}
