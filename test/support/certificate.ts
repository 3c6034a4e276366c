/** A certificate that signs itself, for servers of the tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  /** PEM, both. */
  readonly certificatePath: string;
  readonly keyPath: string;
  remove(): void;
}

export function makeCertificate(host: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-certificate-'));
  const certificatePath = join(folder, 'certificate.pem');
  const keyPath = join(folder, 'key.pem');
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`, '-days', '2'];
  execFileSync('openssl', [...request, ...names, '-keyout', keyPath, '-out', certificatePath], {
    stdio: 'ignore',
  });
  return { certificatePath, keyPath, remove: () => rmSync(folder, { recursive: true }) };
}
