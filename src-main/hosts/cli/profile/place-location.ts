/** A location as typed: an address as restic writes it stays, a folder becomes absolute, because the core works elsewhere. */
import path from 'node:path';
import { asText } from '../option-values.ts';

/** restic's names of kinds of places before the colon; a single letter is a drive of Windows. */
const ADDRESS = /^(?:local|sftp|rest|s3|b2|azure|gs|swift|rclone):/;

export function placeLocation(typed: string): string {
  const text = asText(typed);
  return ADDRESS.test(text) ? text : path.resolve(text);
}
