/** Where this user's programs keep what can be had again. Source: XDG Base Directory Specification. */
import { homedir } from 'node:os';
import path from 'node:path';

export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const given = env['XDG_CACHE_HOME'];
  // A relative one is to be ignored, says the specification.
  const base = given !== undefined && path.isAbsolute(given) ? given : path.join(homedir(), '.cache');
  return path.join(base, 'tidemark');
}
