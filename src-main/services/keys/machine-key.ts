/** The key that one computer opens a place with by itself: 256 random bits as text, kept by the system's keychain. */
import { invariant } from '#base/errors.ts';
import { SecretText } from '#base/secret-text.ts';

const MACHINE_KEY_BYTES = 32;

/** Text that every keychain and restic's password prompt take. */
export function makeMachineKey(randomBytes: (length: number) => Uint8Array): SecretText {
  const bytes = randomBytes(MACHINE_KEY_BYTES);
  invariant(bytes.length === MACHINE_KEY_BYTES, 'too little chance for a machine key');
  return new SecretText(Buffer.from(bytes).toString('base64url'));
}
