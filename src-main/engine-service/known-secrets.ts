/** What this computer may open a place with: typed in this run first, then what the keychain remembers. */
import type { SecretText } from '#base/secret-text.ts';
import { accountOf } from '#services/keys/place-access.ts';
import type { EngineParts } from './engine-parts.ts';

export async function knownSecrets(
  { session, keychain }: Pick<EngineParts, 'session' | 'keychain'>,
  placeId: string,
): Promise<SecretText[]> {
  const kept = [await session.get(accountOf(placeId)), await keychain.get(accountOf(placeId))];
  return kept.flatMap((each) => (each.kind === 'found' ? [each.secret] : []));
}
