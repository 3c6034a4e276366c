/** Passwords for places whose key this computer does not remember: servers have no keychain, and a session ends with its process. */
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { CommandSession } from '../command-session.ts';
import { formatName } from '../format-values.ts';
import { isPasswordGiven, readTypedSecret } from '../password.ts';
import type { ProfileConnection, WirePlace } from './profile-connection.ts';

/** Asks where somebody can be asked. @throws repository.noPassword, repository.wrongPassword */
export async function unlockPlace(
  { host, options, context }: CommandSession,
  { calls }: ProfileConnection,
  place: WirePlace,
): Promise<void> {
  const question = `enter password or recovery code of ${formatName(place.name)}: `;
  const password = await readTypedSecret(host, options, context.signal, question);
  await calls['places.unlock']({ placeId: place.id, password });
}

/** Those without a key that the given password opens, for a service that nobody sits at. Asks nobody. */
export async function unlockWithGivenPassword(
  session: CommandSession,
  profile: ProfileConnection,
): Promise<void> {
  if (!isPasswordGiven(session.host, session.options)) return;
  const { places } = await profile.calls['mirror.get']({});
  for (const place of places) {
    try {
      await unlockPlace(session, profile, place);
    } catch (error) {
      // One password may be meant for one of several places, and a drive may be away.
      if (!(error instanceof TidemarkError) || isTidemarkError(error, 'job.cancelled')) throw error;
    }
  }
}
