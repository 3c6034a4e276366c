/**
 * How a place opens on this computer: by what was typed in this run, by the key that the keychain remembers, or by the
 * person, once. Owns the order, the account's name, and the rule that a keychain which refuses, is locked or was reset
 * leads to a question and to nothing else: no key and no secret is removed or made anew because of it.
 */
import type { KeyId } from '#base/ids.ts';
import { isTidemarkError } from '#base/errors.ts';
import { SecretText } from '#base/secret-text.ts';
import type { SecretNeed } from '#contract/key-codes.ts';
import { openRepository } from '#repository/open-repository.ts';
import type { Repository, RepositoryPorts } from '#repository/repository.ts';
import type { SecretStore } from '#services/secrets/secret-store.ts';
import { readRecoveryCode, type CodeReading } from '#contract/recovery-code.ts';

export interface PlaceAccess {
  /** The place itself; whoever handed it over closes it. */
  readonly ports: RepositoryPorts;
  /** Of the place in the profile, which names the account in the keychain. */
  readonly placeId: string;
  readonly keychain: SecretStore;
  /** For this run only. */
  readonly session: SecretStore;
  /** Which key the keychain's secret opened last time. */
  readonly keyHint?: KeyId;
}

export type OpenedByItself =
  | { readonly kind: 'opened'; readonly repository: Repository }
  | { readonly kind: 'secretNeeded'; readonly reason: SecretNeed };

export type OpenedByTyping =
  | { readonly kind: 'opened'; readonly repository: Repository }
  /** Meant as a recovery code, by its shape, and wrong in itself. */
  | { readonly kind: 'misread'; readonly reading: Exclude<CodeReading, { kind: 'complete' }> }
  | { readonly kind: 'doesNotOpen' };

export function accountOf(placeId: string): string {
  return `place/${placeId}`;
}

/** Without asking anybody. @throws what the place answers when it cannot be reached or read */
export async function openByItself(access: PlaceAccess, signal?: AbortSignal): Promise<OpenedByItself> {
  const typed = await access.session.get(accountOf(access.placeId));
  if (typed.kind === 'found') {
    const repository = await tryOpening(access, typed.secret, signal);
    if (repository !== undefined) return { kind: 'opened', repository };
  }
  return openByKeychain(access, signal);
}

/** As `openByItself`, whatever was typed in this run. */
export async function openByKeychain(access: PlaceAccess, signal?: AbortSignal): Promise<OpenedByItself> {
  const kept = await access.keychain.get(accountOf(access.placeId));
  if (kept.kind === 'unavailable') return { kind: 'secretNeeded', reason: kept.reason };
  if (kept.kind === 'unknownOrLocked') return { kind: 'secretNeeded', reason: 'notGiven' };
  const repository = await tryOpening(access, kept.secret, signal);
  return repository === undefined
    ? { kind: 'secretNeeded', reason: 'doesNotOpen' }
    : { kind: 'opened', repository };
}

/**
 * By a recovery code, helper code or passphrase that the person has typed; any password of restic's is a passphrase
 * here. What opens is known for the rest of this run.
 * @throws what the place answers when it cannot be reached or read
 */
export async function openByTyping(
  access: PlaceAccess,
  typed: string,
  signal?: AbortSignal,
): Promise<OpenedByTyping> {
  const reading = readRecoveryCode(typed);
  const asTyped = new SecretText(typed);
  const candidates = reading.kind === 'complete' ? [reading.code, asTyped] : [asTyped];
  for (const secret of candidates.filter((each, at) => at === 0 || !each.equals(candidates[0]!))) {
    const repository = await tryOpening(access, secret, signal);
    if (repository === undefined) continue;
    await access.session.set(accountOf(access.placeId), secret);
    return { kind: 'opened', repository };
  }
  return reading.kind !== 'complete' && LOOKS_LIKE_A_CODE.test(typed)
    ? { kind: 'misread', reading }
    : { kind: 'doesNotOpen' };
}

/** Several groups of about five with something between them, or about forty letters without. */
const LOOKS_LIKE_A_CODE = /^\s*(?:[0-9a-z]{3,7}[^0-9a-z]+){4,}[0-9a-z]{1,7}\s*$|^\s*[0-9a-z]{36,44}\s*$/i;

/** Undefined when the secret opens nothing. */
async function tryOpening(
  { ports, keyHint }: PlaceAccess,
  secret: SecretText,
  signal: AbortSignal | undefined,
): Promise<Repository | undefined> {
  try {
    return await openRepository(ports, secret.toPassword(), signal, { keyHint });
  } catch (error) {
    if (isTidemarkError(error, 'repository.wrongPassword')) return undefined;
    // A damaged key may have been this one; another may open all the same.
    if (isTidemarkError(error, 'repository.keyInvalid')) return undefined;
    throw error;
  }
}
