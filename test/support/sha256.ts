import { createHash } from 'node:crypto';

/** SHA-256 of the bytes in hex: the name of most files of a repository. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
