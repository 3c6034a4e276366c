/**
 * Whom an https connection trusts and how it shows who it is, by the same variables as restic. Certificates that the system
 * trusts count as well as those that come with Node, because a company adds its own there.
 */
import { readFileSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import { TidemarkError } from '#base/errors.ts';
import { nodeTls } from '#storage/http/node-http.ts';
import type { OpenOptions } from '#storage/open-options.ts';

/** @throws request.invalidInput for a file that cannot be read */
export function loadTrust(env: OpenOptions['env']): SecureContextOptions {
  const authorities = env['RESTIC_CACERT'] || undefined;
  const own = env['RESTIC_TLS_CLIENT_CERT'] || undefined;
  const ownPem = own === undefined ? undefined : readPem(own, 'RESTIC_TLS_CLIENT_CERT');
  return {
    // Named ones count alone, as with restic.
    ca: authorities?.split(',').map((file) => readPem(file, 'RESTIC_CACERT')) ?? [
      ...nodeTls().getCACertificates('default'),
      ...systemAuthorities(),
    ],
    ...(ownPem === undefined ? {} : { cert: ownPem, key: ownPem }),
  };
}

function systemAuthorities(): readonly string[] {
  try {
    return nodeTls().getCACertificates('system');
  } catch {
    // A store that cannot be read: what comes with Node is enough for most.
    return [];
  }
}

function readPem(file: string, variable: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const data = { what: variable, reason: `the file ${file} cannot be read` };
    throw new TidemarkError('request.invalidInput', data, { cause: error });
  }
}
