/** The calls about passwords. */
import type { RepositoryAccess, CallContext } from './access.ts';

export interface KeyInfo {
  readonly id: string;
  readonly isCurrent: boolean;
  readonly username: string;
  readonly hostname: string;
  /** RFC 3339. */
  readonly created: string;
}

export interface NewKey {
  readonly password: Uint8Array;
  /** Of this machine when absent. */
  readonly username?: string;
  readonly hostname?: string;
}

export interface KeyCalls {
  listKeys(access: RepositoryAccess, context: CallContext): Promise<readonly KeyInfo[]>;
  /** Returns the new key's id. */
  addKey(access: RepositoryAccess, key: NewKey, context: CallContext): Promise<string>;
  /** Returns the whole id of the removed key. */
  removeKey(access: RepositoryAccess, id: string, context: CallContext): Promise<string>;
  /** Adds the new key, proves that it opens, then removes the one opened with. Returns the new key's id. */
  changePassword(access: RepositoryAccess, key: NewKey, context: CallContext): Promise<string>;
}
