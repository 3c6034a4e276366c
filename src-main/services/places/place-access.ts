/** A place of the state in the terms of those who open it. */
import { TidemarkError } from '#base/errors.ts';
import type { PlaceId } from '#contract/app/values.ts';
import type { PlaceAccess } from '#contract/engine/engine-values.ts';
import { getPlace, type Place } from '#services/state/places-table.ts';
import type { StateReader } from '#services/state/state-database.ts';

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

/** Whether it lies behind a network: a location that names a kind, but for `local:`. */
export function isRemote(place: Place): boolean {
  return place.kind !== 'local';
}

/** As the storage registry reads it. */
export function kindOf(location: string): string {
  const kind = /^([A-Za-z][A-Za-z0-9+-]+):/.exec(location)?.[1]?.toLowerCase();
  return kind ?? 'local';
}
