/** A place of the state in the terms of those who open it. */
import { TidemarkError } from '#base/errors.ts';
import { PLACE_OPTIONS, type PlaceOptions } from '#contract/app/place-options.ts';
import type { PlaceId } from '#contract/app/values.ts';
import type { PlaceAccess } from '#contract/engine/engine-values.ts';
import { getPlace, type Place } from '#services/state/places-table.ts';
import type { StateReader } from '#services/state/state-database.ts';
import { holdsSecret } from '#storage/locations/describe-location.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import { parsePlaceSettings } from '#storage/locations/place-settings.ts';
import type { PlaceKind } from '#storage/locations/place-location.ts';

/** @throws request.notFound, state.entryInvalid */
export function requirePlace(reader: StateReader, id: PlaceId): Place {
  const place = getPlace(reader, id);
  if (place === undefined) throw new TidemarkError('request.notFound', { what: 'backup place', id });
  return place;
}

export function locationOf(place: Pick<Place, 'address'>): string {
  const { location } = place.address;
  return typeof location === 'string' ? location : '';
}

/** Those that may be kept, whatever the state was given by another computer. */
export function optionsOf({ address }: Pick<Place, 'address'>): PlaceOptions {
  const { options } = address;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return {};
  const known = PLACE_OPTIONS.map((name) => [name, options[name]] as const);
  return Object.fromEntries(known.filter(([, value]) => typeof value === 'string' && value !== ''));
}

export function accessTo(place: Place): PlaceAccess {
  const options = optionsOf(place);
  return {
    placeId: place.id,
    location: locationOf(place),
    ...(Object.keys(options).length === 0 ? {} : { options }),
    repositoryId: place.repositoryId,
  };
}

/** As the state keeps it. @throws request.invalidInput for an option that no place of its kind could have */
export function toAddress(location: string, options: PlaceOptions = {}): Place['address'] {
  const entries = Object.entries(options);
  parsePlaceSettings(entries.map(([name, value]) => `${name}=${value}`));
  return entries.length === 0 ? { location } : { location, options: Object.fromEntries(entries) };
}

/** Whether it lies behind a network. */
export function isRemote(place: Place): boolean {
  return place.kind !== 'local';
}

/** Whether it could tell until when it keeps a file: the protocols of the others have no word for it. */
export function mayLock({ kind }: Pick<Place, 'kind'>): boolean {
  return kind !== 'sftp' && kind !== 'rest' && kind !== 'rclone';
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
