/** Opens a place to look around in: nothing of it is taken over, and its history is read behind. */
import type { PlaceOptions } from '#contract/app/place-options.ts';
import type { CoreLink } from '../../core-link/connect-core.ts';
import type { RecoverStep } from './recover-steps.ts';

export interface OpenWish {
  readonly name: string;
  readonly location: string;
  readonly options: PlaceOptions;
  readonly password: string;
  readonly addsKey: boolean;
}

export async function openPlace(calls: CoreLink['calls'], wish: OpenWish): Promise<RecoverStep> {
  const { placeId, notRemembered } = await calls['places.open'](wish);
  await calls['jobs.start']({ kind: 'readHistory', placeId });
  // Whoever wanted no key here knows that the password is asked for.
  return { kind: 'done', taken: null, notRemembered: wish.addsKey ? notRemembered : null };
}
