/** Where this user's programs keep what can be had again. Source: XDG Base Directory Specification. */
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';

export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const given = env['XDG_CACHE_HOME'];
  // A relative one is to be ignored, says the specification.
  const base = given !== undefined && path.isAbsolute(given) ? given : path.join(homedir(), '.cache');
  return path.join(base, 'tidemark');
}

/** Where a profile's core gets ready what goes to other programs. Not in the profile: that is backed up. */
export function handOutFolder(profileFolder: string, env = process.env): string {
  const name = createHash('sha256').update(profileFolder).digest('hex').slice(0, 16);
  return path.join(cacheFolder(env), 'handed-out', name);
}
