/** Where a person's settings, history and socket are unless told otherwise: the same for every host. */
import { homedir } from 'node:os';
import path from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `named`: what the person said, before the environment and the system's own place. Absolute. */
export function profileFolder(
  env: Environment,
  named?: string,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = named || env['TIDEMARK_PROFILE'];
  return chosen ? path.resolve(chosen) : path.join(applicationData(env, platform), 'tidemark');
}

function applicationData(env: Environment, platform: NodeJS.Platform): string {
  if (platform === 'win32') return env['APPDATA'] || path.join(homedir(), 'AppData', 'Roaming');
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Application Support');
  const given = env['XDG_CONFIG_HOME'];
  // A relative one is to be ignored, says the XDG Base Directory Specification.
  return given !== undefined && path.isAbsolute(given) ? given : path.join(homedir(), '.config');
}
