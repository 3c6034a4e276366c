/**
 * Keys from the files that Amazon's own tools keep (`~/.aws/credentials`, `~/.aws/config`), where the environment holds
 * none; restic takes them too. Owns which files and profile count; reading them, and renewing keys that run out, is the
 * library's. Only this file imports it, when there is such a file.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { OpenOptions } from '#storage/open-options.ts';
import type { S3Credentials } from '#storage/s3/s3-credentials.ts';

/** Asked before each request; what is still valid is kept. */
export type S3KeySource = () => Promise<S3Credentials>;

/**
 * Undefined: there are no such files. The keys are read once, so that what is wrong is told when the place is opened.
 * @throws Error with what the library says of the profile; it names files and profiles, never keys
 */
export async function findSharedKeys(env: OpenOptions['env']): Promise<S3KeySource | undefined> {
  const folder = path.join(env['HOME'] ?? homedir(), '.aws');
  const filepath = env['AWS_SHARED_CREDENTIALS_FILE'] || path.join(folder, 'credentials');
  const configFilepath = env['AWS_CONFIG_FILE'] || path.join(folder, 'config');
  const profile = env['AWS_PROFILE'] || 'default';
  if (!existsSync(filepath) && !existsSync(configFilepath) && profile === 'default') return undefined;
  const { fromIni } = await import('@aws-sdk/credential-provider-ini');
  const source = fromIni({ filepath, configFilepath, profile, ignoreCache: true });
  await source();
  return source;
}
