/**
 * Adding and withdrawing the keys of an opened place: recovery code, helper code, passphrase, machine key, each a
 * restic key of its own. Owns how many there may be and which must stay. Withdrawing never writes data again, and does
 * not shut out whoever has copied the place and knows the old key.
 * Invariant: no key is removed but by a repository that another key of the place has opened, which is still there.
 */
import type { KeyId } from '#base/ids.ts';
import { TidemarkError } from '#base/errors.ts';
import type { SecretText } from '#base/secret-text.ts';
import { passphraseWeaknessText } from '#contract/key-texts.ts';
import { addKey, removeKey } from '#operations/keys.ts';
import { MAX_KEYS_TRIED } from '#repository/key-store.ts';
import type { Repository } from '#repository/repository.ts';
import { KEY_LABELS, listPlaceKeys, type OwnKeyKind, type PlaceKey } from './key-kinds.ts';
import { makeMachineKey } from './machine-key.ts';
import { judgePassphrase } from './passphrase-rules.ts';
import { makeRecoveryCode } from '#contract/recovery-code.ts';
import { refusesWithdrawal, type WithdrawalFacts } from './withdrawal-rule.ts';

/** Each takes a quarter of a second to try. */
export const MAX_KEYS = 6;

/** A key that has just been made; its secret is shown or remembered once, and then is nowhere. */
export interface MadeKey {
  readonly keyId: KeyId;
  readonly secret: SecretText;
}

/** `code`: one that was made and shown before. @throws repository.tooManyKeys, repository.locked */
export function addRecoveryCode(
  repository: Repository,
  signal?: AbortSignal,
  code = makeRecoveryCode(randomOf(repository)),
): Promise<MadeKey> {
  return addMade(repository, 'recovery', code, MAX_KEYS, signal);
}

/** For a relative or colleague; can be withdrawn alone. @throws repository.tooManyKeys, repository.locked */
export function addHelperCode(
  repository: Repository,
  signal?: AbortSignal,
  code = makeRecoveryCode(randomOf(repository)),
): Promise<MadeKey> {
  return addMade(repository, 'helper', code, MAX_KEYS, signal);
}

/**
 * `isSuccessor`: an older one is withdrawn afterwards, so that there may be one more for that time.
 * @throws repository.tooManyKeys, repository.locked
 */
export function addMachineKey(
  repository: Repository,
  isSuccessor: boolean,
  signal?: AbortSignal,
): Promise<MadeKey> {
  const most = isSuccessor ? MAX_KEYS_TRIED : MAX_KEYS;
  return addMade(repository, 'machine', makeMachineKey(randomOf(repository)), most, signal);
}

/**
 * Where there is one already, the new one is added beside it, to be followed by withdrawing the other.
 * @throws request.invalidInput for one that is weak, repository.tooManyKeys, repository.locked
 */
export async function addPassphrase(
  repository: Repository,
  passphrase: SecretText,
  signal?: AbortSignal,
): Promise<KeyId> {
  refuseWeakPassphrase(passphrase);
  const keys = await listPlaceKeys(repository, signal);
  const most = keys.some(({ kind }) => kind === 'passphrase') ? MAX_KEYS_TRIED : MAX_KEYS;
  return (await addMade(repository, 'passphrase', passphrase, most, signal)).keyId;
}

/** @throws request.invalidInput, which says why and never what */
export function refuseWeakPassphrase(passphrase: SecretText): void {
  const weakness = judgePassphrase(passphrase.reveal());
  if (weakness === undefined) return;
  const reason = passphraseWeaknessText(weakness);
  throw new TidemarkError(
    'request.invalidInput',
    { what: 'the passphrase does not protect enough', reason: reason.replace(/\.$/, '') },
    { retry: 'afterUser' },
  );
}

/**
 * First half of a new recovery code: it is made, beside the old one, which goes on opening until `confirmRecoveryCode`
 * has had the new one typed and tried (prove-recovery-code.ts).
 * @throws repository.tooManyKeys, repository.locked
 */
export function makeNextRecoveryCode(repository: Repository, signal?: AbortSignal): Promise<MadeKey> {
  return addMade(repository, 'recovery', makeRecoveryCode(randomOf(repository)), MAX_KEYS_TRIED, signal);
}

/**
 * @returns which key it was
 * @throws repository.lastRecoveryKey when no proven way in would be left that a person keeps; repository.keyInUse for the
 * key that opened the place or is this computer's; repository.objectNotFound, repository.locked
 */
export async function withdrawKey(
  repository: Repository,
  keyId: KeyId,
  facts: WithdrawalFacts,
  signal?: AbortSignal,
): Promise<PlaceKey | undefined> {
  const key = refuseWithdrawal(await listPlaceKeys(repository, signal), keyId, facts);
  await removeKey(repository, keyId, signal);
  return key;
}

/** @returns the key, if it is there. @throws repository.lastRecoveryKey, repository.keyInUse */
export function refuseWithdrawal(
  keys: readonly PlaceKey[],
  keyId: KeyId,
  facts: WithdrawalFacts,
): PlaceKey | undefined {
  const refusal = refusesWithdrawal(keys, keyId, facts);
  if (refusal !== undefined)
    throw new TidemarkError(`repository.${refusal}`, { keyId }, { retry: 'afterUser' });
  return keys.find(({ id }) => id === keyId);
}

async function addMade(
  repository: Repository,
  kind: OwnKeyKind,
  secret: SecretText,
  most: number,
  signal: AbortSignal | undefined,
): Promise<MadeKey> {
  refuseMoreThan(most, await listPlaceKeys(repository, signal));
  const key = { password: secret.toPassword(), username: KEY_LABELS[kind] };
  return { keyId: await addKey(repository, key, signal), secret };
}

/** `isSuccessor`: an older one is withdrawn afterwards. @throws repository.tooManyKeys */
export function refuseFull(keys: readonly PlaceKey[], isSuccessor: boolean): void {
  refuseMoreThan(isSuccessor ? MAX_KEYS_TRIED : MAX_KEYS, keys);
}

function refuseMoreThan(most: number, { length: keyCount }: readonly PlaceKey[]): void {
  if (keyCount >= most)
    throw new TidemarkError('repository.tooManyKeys', { keyCount, most }, { retry: 'afterUser' });
}

function randomOf(repository: Repository): (length: number) => Uint8Array {
  return repository.ports.primitives.randomBytes;
}
