/** Places as windows see them: what the state knows, whether they can be reached, where their secrets are. */
import type { MirrorParts } from '#contract/app/mirror-values.ts';
import type { PlaceId } from '#contract/app/values.ts';
import type { SecretState } from '#contract/engine/engine-values.ts';
import { locationOf, optionsOf } from '#services/places/place-access.ts';
import type { PlaceState } from '#services/scheduler/schedule-types.ts';
import type { Place } from '#services/state/places-table.ts';

/** Where each place's secret is, as far as it was asked. */
export class SecretStates {
  readonly #states = new Map<PlaceId, SecretState>();

  note(id: PlaceId, state: SecretState): void {
    this.#states.set(id, state);
  }

  get(id: PlaceId): MirrorParts['places'][number]['secret'] {
    return this.#states.get(id) ?? 'unasked';
  }
}

export function toPlaceValue(
  place: Place,
  { presence }: Pick<PlaceState, 'presence'>,
  secret: MirrorParts['places'][number]['secret'],
): MirrorParts['places'][number] {
  const { id, name, kind, repositoryId, addedAtMs, isRecoveryProven } = place;
  return {
    id,
    name,
    kind,
    location: locationOf(place),
    options: optionsOf(place),
    repositoryId,
    addedAtMs,
    presence,
    secret,
    isRecoveryProven,
  };
}
