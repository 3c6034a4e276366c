/**
 * By which secret a place is opened: what somebody has typed in this session, else what the keychain remembers. Accounts
 * are named after the place. A secret that the keychain does not give may be locked away: it is never replaced because of that.
 */
import { TidemarkError } from '#base/errors.ts';
import type { SecretText } from '#base/secret-text.ts';
import type { SecretState } from '#contract/engine/engine-values.ts';
import { notRememberedText, secretNeededText } from '#contract/key-texts.ts';
import type { EngineParts } from './engine-parts.ts';

export interface PlaceSecret {
  readonly secret: SecretText;
  /** Of the keychain: made by this program and never typed. */
  readonly isRemembered: boolean;
}

export class PlaceSecrets {
  readonly #keychain: EngineParts['keychain'];
  readonly #session: EngineParts['session'];

  constructor({ keychain, session }: Pick<EngineParts, 'keychain' | 'session'>) {
    this.#keychain = keychain;
    this.#session = session;
  }

  /** @throws repository.noPassword */
  async find(placeId: string): Promise<PlaceSecret> {
    const typed = await this.#session.get(placeId);
    if (typed.kind === 'found') return { secret: typed.secret, isRemembered: false };
    const remembered = await this.#keychain.get(placeId);
    if (remembered.kind === 'found') return { secret: remembered.secret, isRemembered: true };
    throw new TidemarkError('repository.noPassword', {}, { retry: 'afterUser' });
  }

  /** @returns why the keychain does not keep it, in plain words; null: it does */
  async remember(placeId: string, secret: SecretText): Promise<string | null> {
    const kept = await this.#keychain.set(placeId, secret);
    if (kept.kind === 'remembered') {
      // What was typed before must not stand in its way.
      await this.#session.delete(placeId);
      return null;
    }
    await this.#session.set(placeId, secret);
    return notRememberedText(kept.reason).title;
  }

  /** What somebody has typed, until the end of the process. @returns why the keychain does not have it; null: it does */
  async rememberForSession(placeId: string, secret: SecretText): Promise<string | null> {
    await this.#session.set(placeId, secret);
    const remembered = await this.#keychain.get(placeId);
    if (remembered.kind === 'found') return null;
    const reason = remembered.kind === 'unavailable' ? remembered.reason : undefined;
    return secretNeededText('This place', reason).title;
  }

  async forget(placeId: string): Promise<void> {
    await this.#session.delete(placeId);
    await this.#keychain.delete(placeId);
  }

  async state(placeId: string): Promise<SecretState> {
    if ((await this.#session.get(placeId)).kind === 'found') return 'session';
    return (await this.#keychain.get(placeId)).kind === 'found' ? 'remembered' : 'missing';
  }
}
