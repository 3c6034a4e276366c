/**
 * Making this computer remember a place: a machine key of its own at the place, its secret in the keychain. A key whose
 * secret is not surely kept is taken back, so that no keys pile up which nobody has; nothing else is removed because a
 * keychain refuses.
 */
import type { KeyId } from '#base/ids.ts';
import { isTidemarkError } from '#base/errors.ts';
import type { KeychainRefusal } from '#contract/key-codes.ts';
import { removeKey } from '#operations/keys.ts';
import type { Repository } from '#repository/repository.ts';
import { listPlaceKeys } from './key-kinds.ts';
import { accountOf, openByKeychain, type PlaceAccess } from './place-access.ts';
import { addMachineKey } from './place-keys.ts';

export type RememberedPlace =
  | {
      readonly kind: 'remembered';
      /** For the profile: the hint for next time. */
      readonly keyId: KeyId;
      /** Of this computer's earlier machine key, when it could be withdrawn. */
      readonly withdrawn?: KeyId;
    }
  | {
      readonly kind: 'notRemembered';
      readonly reason: KeychainRefusal;
      /** A key that could not be taken back because the place is in use: the `earlierKeyId` of next time. */
      readonly leftKeyId?: KeyId;
    };

/**
 * With the person's consent, after a place was opened by typing. `earlierKeyId`: this computer's machine key of before,
 * which is withdrawn when the new one is kept; one of another kind is left alone.
 * @throws repository.tooManyKeys, repository.locked, what the place answers
 */
export async function rememberPlace(
  repository: Repository,
  access: PlaceAccess,
  earlierKeyId?: KeyId,
  signal?: AbortSignal,
): Promise<RememberedPlace> {
  const { keychain, placeId } = access;
  const known = await keychain.get(accountOf(placeId));
  // No key is made for a keychain that takes nothing.
  if (known.kind === 'unavailable') return { kind: 'notRemembered', reason: known.reason };
  if (known.kind === 'found') {
    const opened = await openByKeychain(access, signal);
    if (opened.kind === 'opened') return { kind: 'remembered', keyId: opened.repository.keyId };
  }
  const earlier = await findEarlier(repository, earlierKeyId, signal);
  const made = await addMachineKey(repository, earlier !== undefined, signal);
  const kept = await keychain.set(accountOf(placeId), made.secret);
  if (kept.kind === 'notRemembered') {
    const isTakenBack = await withdrawIfFree(repository, made.keyId, signal);
    return isTakenBack ? kept : { ...kept, leftKeyId: made.keyId };
  }
  const isWithdrawn = earlier !== undefined && (await withdrawIfFree(repository, earlier, signal));
  return { kind: 'remembered', keyId: made.keyId, ...(isWithdrawn ? { withdrawn: earlier } : {}) };
}

async function findEarlier(
  repository: Repository,
  id: KeyId | undefined,
  signal: AbortSignal | undefined,
): Promise<KeyId | undefined> {
  if (id === undefined) return undefined;
  const keys = await listPlaceKeys(repository, signal);
  return keys.some((key) => key.id === id && key.kind === 'machine' && !key.isCurrent) ? id : undefined;
}

/** Not while the place is in use: then the key stays for now, because remembering is worth more than tidiness. */
async function withdrawIfFree(
  repository: Repository,
  keyId: KeyId,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await removeKey(repository, keyId, signal);
    return true;
  } catch (error) {
    if (isTidemarkError(error, 'repository.locked')) return false;
    throw error;
  }
}
