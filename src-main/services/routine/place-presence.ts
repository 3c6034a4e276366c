/**
 * Which places can be reached, as far as anybody knows. Owns that memory; looks only when told to. A place counts as
 * there from the moment that it was reached, and as away from the moment that something failed because it was not.
 */
import type { Clock } from '#base/clock.ts';
import type { ErrorCode } from '#base/errors.ts';
import type { CallClient } from '#contract/calls/call-table.ts';
import type { EngineCalls } from '#contract/engine/engine-calls.ts';
import { isRemote, locationOf } from '#services/places/place-access.ts';
import type { PlaceState } from '#services/scheduler/schedule-types.ts';
import type { Place } from '#services/state/places-table.ts';

/** A place that hangs must not hold up the look at the others. */
const PROBE_LIMIT_MS = 20_000;

/** What a job fails with when the place is not there. */
const AWAY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'storage.unreachable',
  'storage.driveGone',
  'storage.timeout',
  'storage.wrongDrive',
  'repository.notFound',
]);

/** Whether what failed with it failed because the place is not there. */
export function saysAway(code: ErrorCode): boolean {
  return AWAY.has(code);
}

export class PlacePresence {
  readonly #clock: Clock;
  readonly #engine: { readonly calls: CallClient<EngineCalls> };
  readonly #onChange: (place: Place, presence: PlaceState['presence']) => void;
  readonly #onOtherFiles: (place: Place) => void;
  readonly #states = new Map<string, PlaceState>();
  readonly #probing = new Set<string>();

  constructor(
    clock: Clock,
    engine: { readonly calls: CallClient<EngineCalls> },
    onChange: (place: Place, presence: PlaceState['presence']) => void,
    onOtherFiles: (place: Place) => void,
  ) {
    this.#clock = clock;
    this.#engine = engine;
    this.#onChange = onChange;
    this.#onOtherFiles = onOtherFiles;
  }

  statesOf(places: readonly Place[]): PlaceState[] {
    return places.map((place) => this.stateOf(place));
  }

  stateOf(place: Place): PlaceState {
    const known = this.#states.get(place.id);
    if (known !== undefined) return known;
    const state: PlaceState = {
      id: place.id,
      isRemote: isRemote(place),
      presence: 'unknown',
      sinceMs: this.#clock.nowMs(),
    };
    this.#states.set(place.id, state);
    return state;
  }

  /** Nothing is known any more: the machine slept, or drives and networks changed. */
  forgetAll(): void {
    for (const [id, state] of this.#states) {
      const { probedAtMs: _, ...rest } = state;
      this.#states.set(id, { ...rest, presence: 'unknown', sinceMs: this.#clock.nowMs() });
    }
  }

  forget(placeId: string): void {
    this.#states.delete(placeId);
  }

  /** Nobody knows, and nobody is about to: not since the program began, or woke. */
  wasNotLookedAt(place: Place): boolean {
    const { presence, probedAtMs } = this.stateOf(place);
    return presence === 'unknown' && probedAtMs === undefined;
  }

  wasReached(place: Place): void {
    this.#set(place, 'present');
  }

  /** @param code what something failed with that needed the place */
  failed(place: Place, code: ErrorCode): void {
    if (AWAY.has(code)) this.#set(place, 'absent');
  }

  /** Looks for a place; at most one look at a time. */
  async probe(place: Place): Promise<void> {
    if (this.#probing.has(place.id)) return;
    this.#probing.add(place.id);
    const before = this.stateOf(place);
    this.#states.set(place.id, { ...before, probedAtMs: this.#clock.nowMs() });
    const limit = new AbortController();
    const timer = this.#clock.sleep(PROBE_LIMIT_MS, limit.signal).then(
      () => undefined,
      () => undefined,
    );
    try {
      const found = this.#engine.calls['place.probe']({ location: locationOf(place) });
      const outcome = await Promise.race([found, timer]);
      this.#set(place, outcome?.kind === 'repository' ? 'present' : 'absent');
      if (outcome?.kind === 'otherFiles') this.#onOtherFiles(place);
    } catch {
      this.#set(place, 'absent');
    } finally {
      limit.abort();
      this.#probing.delete(place.id);
    }
  }

  #set(place: Place, presence: PlaceState['presence']): void {
    const before = this.stateOf(place);
    const probedAtMs = presence === 'present' ? undefined : (before.probedAtMs ?? this.#clock.nowMs());
    const sinceMs = before.presence === presence ? before.sinceMs : this.#clock.nowMs();
    this.#states.set(place.id, {
      id: place.id,
      isRemote: isRemote(place),
      presence,
      // An absence counts from when it was lost, so that looks become rarer.
      sinceMs: before.presence === 'unknown' && presence === 'absent' ? before.sinceMs : sinceMs,
      ...(probedAtMs === undefined ? {} : { probedAtMs }),
    });
    if (before.presence !== presence) this.#onChange(place, presence);
  }
}
