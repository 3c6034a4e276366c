/**
 * Loads the native part when the first secret is asked for, and hands out the three calls that are safe. keytar's
 * search for all secrets of a service is not among them, nor anywhere: on a locked keyring it kills the process
 * (atom/node-keytar#477).
 */
export interface Keychain {
  /** Null: not found, or locked. */
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, secret: string): Promise<void>;
  /** False: nothing removed. */
  deletePassword(service: string, account: string): Promise<boolean>;
}

/** @throws Error where the native part or the system's library behind it is missing */
export async function loadKeytar(): Promise<Keychain> {
  const { default: keytar } = await import('keytar');
  return keytar;
}
