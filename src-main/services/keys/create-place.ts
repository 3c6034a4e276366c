/**
 * The keys of a new place, and those that Tidemark adds to one it adopts. Owns the order: what opens a place is in the
 * keychain, or in the person's hands (passphrase, or a recovery code shown before), before the place is made, so that a
 * kill at any moment leaves none that nobody can open.
 */
import type { KeyId } from '#base/ids.ts';
import { isTidemarkError } from '#base/errors.ts';
import type { SecretText } from '#base/secret-text.ts';
import { initRepository, type InitOptions } from '#repository/init-repository.ts';
import type { Repository } from '#repository/repository.ts';
import { KEY_LABELS, type OwnKeyKind } from './key-kinds.ts';
import { makeMachineKey } from './machine-key.ts';
import { accountOf, type PlaceAccess } from './place-access.ts';
import { addPassphrase, addRecoveryCode, refuseWeakPassphrase, type MadeKey } from './place-keys.ts';
import { makeRecoveryCode } from '#contract/recovery-code.ts';
import { rememberPlace, type RememberedPlace } from './remember-place.ts';

export interface NewPlaceRequest extends Pick<InitOptions, 'version' | 'chunkerPolynomial'> {
  /** The person's own; needed where there is no keychain, unless the recovery code is to be typed at each start. */
  readonly passphrase?: SecretText;
  /** Made by `makeRecoveryCode` and shown before; so that a kill without a keychain leaves nothing closed. */
  readonly recoveryCode?: SecretText;
}

export interface CreatedPlace {
  readonly repository: Repository;
  /** To be shown now: it is written nowhere. */
  readonly recoveryCode: MadeKey;
  readonly machineKey: RememberedPlace;
  readonly passphraseKeyId?: KeyId;
}

/**
 * Machine key and recovery code, and the passphrase where one is given. Without a keychain there is no machine key, and
 * the session knows what opens the place. After a failure the place may exist: then `openByItself` opens it, and
 * `makeNextRecoveryCode` gives it the code that is missing.
 * @throws request.invalidInput for a weak passphrase, repository.alreadyExists, what the place answers
 */
export async function createPlace(
  access: PlaceAccess,
  request: NewPlaceRequest,
  signal?: AbortSignal,
): Promise<CreatedPlace> {
  const { passphrase, version, chunkerPolynomial } = request;
  if (passphrase !== undefined) refuseWeakPassphrase(passphrase);
  const { randomBytes } = access.ports.primitives;
  const code = request.recoveryCode ?? makeRecoveryCode(randomBytes);
  const machine = await keepMachineKey(access);
  const first = firstKey(machine, passphrase, code);
  if (first.kind !== 'machine') await access.session.set(accountOf(access.placeId), first.secret);
  const { identity } = access.ports;
  const keyOwner = { hostname: identity.hostname, username: KEY_LABELS[first.kind] };
  const options = { version, keyOwner, ...(chunkerPolynomial === undefined ? {} : { chunkerPolynomial }) };
  const repository = await initRepository(access.ports, first.secret.toPassword(), options, signal).catch(
    async (error: unknown) => {
      // Only then is it certain that nothing was made with this secret.
      if (isTidemarkError(error, 'repository.alreadyExists')) await forgetAgain(access, machine);
      throw error;
    },
  );
  const { keyId } = repository;
  const recoveryCode =
    first.kind === 'recovery' ? { keyId, secret: code } : await addRecoveryCode(repository, signal, code);
  const passphraseKeyId =
    first.kind === 'passphrase' ? keyId : await addOptional(repository, passphrase, signal);
  return {
    repository,
    recoveryCode,
    machineKey: machine.kind === 'kept' ? { kind: 'remembered', keyId } : machine,
    ...(passphraseKeyId === undefined ? {} : { passphraseKeyId }),
  };
}

export interface AdoptedPlace {
  readonly machineKey: RememberedPlace;
  /** Only when one was asked for. */
  readonly recoveryCode?: MadeKey;
}

/**
 * For a place that others have made, opened by typing and with the person's consent to add keys. Nothing of theirs is
 * touched. @throws repository.tooManyKeys, repository.locked, what the place answers
 */
export async function adoptPlace(
  repository: Repository,
  access: PlaceAccess,
  wanted: { readonly recoveryCode: boolean },
  signal?: AbortSignal,
): Promise<AdoptedPlace> {
  const machineKey = await rememberPlace(repository, access, undefined, signal);
  // Last: a code that was made, and not told because something failed after it, would open for nobody.
  const recoveryCode = wanted.recoveryCode ? await addRecoveryCode(repository, signal) : undefined;
  return { machineKey, ...(recoveryCode === undefined ? {} : { recoveryCode }) };
}

type KeptMachineKey =
  | { readonly kind: 'kept'; readonly secret: SecretText; readonly isNew: boolean }
  | Extract<RememberedPlace, { kind: 'notRemembered' }>;

/** One that is there already is of an attempt that was cut off, and may be all that opens what it made. */
async function keepMachineKey({ ports, keychain, placeId }: PlaceAccess): Promise<KeptMachineKey> {
  const known = await keychain.get(accountOf(placeId));
  if (known.kind === 'found') return { kind: 'kept', secret: known.secret, isNew: false };
  if (known.kind === 'unavailable') return { kind: 'notRemembered', reason: known.reason };
  const secret = makeMachineKey(ports.primitives.randomBytes);
  const kept = await keychain.set(accountOf(placeId), secret);
  return kept.kind === 'remembered' ? { kind: 'kept', secret, isNew: true } : kept;
}

async function forgetAgain(
  { keychain, session, placeId }: PlaceAccess,
  machine: KeptMachineKey,
): Promise<void> {
  if (machine.kind !== 'kept') await session.delete(accountOf(placeId));
  if (machine.kind === 'kept' && machine.isNew) await keychain.delete(accountOf(placeId));
}

function firstKey(
  machine: KeptMachineKey,
  passphrase: SecretText | undefined,
  recoveryCode: SecretText,
): { readonly kind: OwnKeyKind; readonly secret: SecretText } {
  if (machine.kind === 'kept') return { kind: 'machine', secret: machine.secret };
  if (passphrase !== undefined) return { kind: 'passphrase', secret: passphrase };
  return { kind: 'recovery', secret: recoveryCode };
}

async function addOptional(
  repository: Repository,
  passphrase: SecretText | undefined,
  signal: AbortSignal | undefined,
): Promise<KeyId | undefined> {
  return passphrase === undefined ? undefined : addPassphrase(repository, passphrase, signal);
}
