/** A place of the state in the terms of those who open it. */
import { TidemarkError } from '#base/errors.ts';
import type { PlaceId } from '#contract/app/values.ts';
import type { PlaceAccess } from '#contract/engine/engine-values.ts';
import { getPlace, type Place } from '#services/state/places-table.ts';
import type { StateReader } from '#services/state/state-database.ts';
import { holdsSecret } from '#storage/locations/describe-location.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import type { PlaceKind } from '#storage/locations/place-location.ts';

/** @throws request.notFound, state.entryInvalid */
export function requirePlace(reader: StateReader, id: PlaceId): Place {
  const place = getPlace(reader, id);
  if (place === undefined) throw new TidemarkError('request.notFound', { what: 'backup place', id });
  return place;
}

export function locationOf(place: Place): string {
  const { location } = place.address;
  return typeof location === 'string' ? location : '';
}

export function accessTo(place: Place): PlaceAccess {
  return { placeId: place.id, location: locationOf(place), repositoryId: place.repositoryId };
}

/** Whether it lies behind a network. */
export function isRemote(place: Place): boolean {
  return place.kind !== 'local';
}

/** The state keeps no secret. @throws request.invalidInput for an address that holds one */
export function refuseSecret(location: string): void {
  if (!holdsSecret(parseLocation(location))) return;
  throw new TidemarkError('request.invalidInput', {
    what: 'the address holds a password',
    reason:
      'leave it out, because addresses are kept and shown; for rest: set RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD, for rclone: set up a remote with "rclone config"',
  });
}

/** @throws request.invalidInput */
export function kindOf(location: string): PlaceKind {
  return parseLocation(location).kind;
}
