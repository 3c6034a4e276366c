/** Places: made, opened, moved, unlocked, proven. Secrets pass through to the engine process and are kept nowhere here. */
import type { AppCalls } from '#contract/app/app-calls.ts';
import { placeId, type PlaceId } from '#contract/app/values.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import type { KeysOutcome } from '#contract/engine/engine-values.ts';
import { forgetKeysOf } from '#services/given-keys/given-keys.ts';
import { forgetKit, noteKitFound, noteKitProven } from '#services/routine/known-kits.ts';
import {
  accessTo,
  isRemote,
  kindOf,
  locationOf,
  refuseSecret,
  requirePlace,
  toAddress,
} from '#services/places/place-access.ts';
import { listPlaces, putPlace, removePlace, type Place } from '#services/state/places-table.ts';
import { listPlans, putPlan } from '#services/state/plans-table.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { CoreParts } from './core-parts.ts';
import { toPlaceValue } from './place-values.ts';

type PlaceCalls = {
  readonly [
    Name in keyof AppCalls as Name extends `places.${string}` ? Name : never
  ]: CallHandlers<AppCalls>[Name];
};

export function placeHandlers(parts: CoreParts): PlaceCalls {
  const { state, engine, note, routine, changed } = parts;
  return {
    'places.probe': async (address, { signal }) => engine.calls['place.probe'](address, { signal }),
    'places.test': async (address, { signal }) => engine.calls['place.test'](address, { signal }),
    'places.login': async ({ location, login }) => {
      refuseSecret(location);
      return engine.calls['place.login']({ location, login });
    },
    'places.create': async ({ name, ...typed }) => {
      const { location, options } = typed;
      refuseSecret(location);
      const address = toAddress(location, options);
      const id = placeId.parse(parts.newId());
      const like = state
        .read(listPlaces)
        .filter((place) => routine.presence.stateOf(place).presence !== 'absent');
      const nearestFirst = like.toSorted((a, b) => Number(isRemote(a)) - Number(isRemote(b)));
      const keys = await engine.calls['place.create']({
        placeId: id,
        ...typed,
        like: nearestFirst.map(accessTo),
      });
      await addPlace(parts, { id, name, address, keys });
      return forPerson(id, keys);
    },
    'places.open': async ({ name, password, addsKey, ...typed }) => {
      const { location, options } = typed;
      refuseSecret(location);
      const address = toAddress(location, options);
      const id = placeId.parse(parts.newId());
      const keys = await engine.calls['place.open']({ placeId: id, ...typed, password, addsKey });
      const same = state.read(listPlaces).find(({ repositoryId }) => repositoryId === keys.repositoryId);
      if (same !== undefined) {
        await engine.calls['place.forget']({ placeId: id });
        throw new TidemarkError('request.invalidInput', {
          what: `adding ${location}`,
          reason: `it is your backup place "${same.name}" already`,
        });
      }
      await addPlace(parts, { id, name, address, keys });
      return forPerson(id, keys);
    },
    'places.rename': async ({ placeId: id, name }) => {
      await state.commit((writer) => putPlace(writer, { ...requirePlace(writer, id), name }));
      changed('places');
    },
    'places.move': async ({ placeId: id, location, options }) => {
      refuseSecret(location);
      const place = state.read((reader) => requirePlace(reader, id));
      const moved = { ...place, kind: kindOf(location), address: toAddress(location, options) };
      // The same repository must be there: its id is asked for before anything is noted.
      await engine.calls['versions.list']({ access: accessTo(moved) });
      await state.commit((writer) => putPlace(writer, moved));
      routine.presence.wasReached(moved);
      note('placeMoved', { placeId: id });
      changed('places');
    },
    'places.remove': async ({ placeId: id }) => {
      const place = state.read((reader) => requirePlace(reader, id));
      await state.commit((writer) => {
        for (const plan of listPlans(writer).filter((each) => each.placeIds.includes(id)))
          putPlan(writer, { ...plan, placeIds: plan.placeIds.filter((each) => each !== id) });
        removePlace(writer, id);
        forgetKit(writer, id);
        forgetKeysOf(writer, id);
      });
      await engine.calls['place.forget']({ placeId: id });
      const isUsed = state.read(listPlaces).some((other) => locationOf(other) === locationOf(place));
      if (!isUsed) await engine.calls['place.forgetLogin']({ location: locationOf(place) });
      routine.presence.forget(id);
      note('placeRemoved', { placeId: id, name: place.name });
      changed('places');
    },
    'places.unlock': async ({ placeId: id, password }) => {
      const place = state.read((reader) => requirePlace(reader, id));
      const keys = await engine.calls['place.unlock']({ access: accessTo(place), password });
      await keepKeyId(parts, id, keys);
      copyKeys(parts, place);
      note('placeUnlocked', { placeId: id });
      await routine.wasUnlocked(place);
      changed('places');
      return forPerson(id, keys);
    },
    'places.proveRecovery': async ({ placeId: id, code }) => {
      const place = state.read((reader) => requirePlace(reader, id));
      await engine.calls['place.proveRecovery']({ access: accessTo(place), code });
      const proven = { ...place, isRecoveryProven: true };
      await state.commit((writer) => {
        noteKitProven(writer, place, code, parts.ports.clock.nowMs());
        putPlace(writer, proven);
      });
      // Older codes are withdrawn now: no copy may bring them back.
      copyKeys(parts, proven, { replaces: true });
      note('recoveryProven', { placeId: id });
      changed('places');
      return toPlaceValue(proven, routine.presence.stateOf(proven), parts.secrets.get(id));
    },
    'places.findKit': async ({ placeId: id, group }) => {
      const found = await state.commit((writer) =>
        noteKitFound(writer, requirePlace(writer, id), group, parts.ports.clock.nowMs()),
      );
      if (found.isRight) note('kitFound', { placeId: id });
      routine.poke();
      return found;
    },
    'places.renewRecovery': async ({ placeId: id }) => {
      const place = state.read((reader) => requirePlace(reader, id));
      const keys = await engine.calls['place.renewRecovery']({ access: accessTo(place) });
      await state.commit((writer) =>
        putPlace(writer, { ...requirePlace(writer, id), isRecoveryProven: false }),
      );
      copyKeys(parts, place);
      note('recoveryRenewed', { placeId: id });
      changed('places');
      return forPerson(id, keys);
    },
    'places.mendKeys': async ({ placeId: id, password }) => {
      const place = state.read((reader) => requirePlace(reader, id));
      const written = await parts.keyCopies.mend(place, parts.keptFolder, password);
      if (password !== null) {
        await keepKeyId(parts, id, await engine.calls['place.unlock']({ access: accessTo(place), password }));
        copyKeys(parts, place);
      }
      note('keysPutBack', { placeId: id, files: written.length });
      await routine.wasUnlocked(place);
      changed('places');
      return written.map(({ kind, was }) => ({ kind, was }));
    },
  };
}

interface NewPlace {
  readonly id: PlaceId;
  readonly name: string;
  readonly address: Place['address'];
  readonly keys: KeysOutcome;
}

export async function addPlace(parts: CoreParts, { id, name, address, keys }: NewPlace): Promise<Place> {
  const place: Place = {
    id,
    name,
    kind: kindOf(locationOf({ address })),
    address,
    repositoryId: keys.repositoryId,
    machineKeyId: keys.machineKeyId,
    addedAtMs: parts.ports.clock.nowMs(),
    isRecoveryProven: false,
  };
  await parts.state.commit((writer) => putPlace(writer, place));
  parts.secrets.note(id, keys.notRemembered === null ? 'remembered' : 'session');
  copyKeys(parts, place);
  parts.note('placeAdded', { placeId: id, name });
  parts.routine.presence.wasReached(place);
  if (keys.recoveryCode !== null) parts.routine.wasListed(id);
  parts.changed('places');
  return place;
}

/** In the background: the daily reading of the place's history does it again. */
export function copyKeys(parts: CoreParts, place: Place, how: { replaces?: boolean } = {}): void {
  parts.keyCopies
    .refresh(place, how)
    .then(() => parts.routine.poke())
    .catch((error: unknown) => parts.ports.log('warn', `keys of ${place.id} not copied: ${codeOf(error)}`));
}

function codeOf(error: unknown): string {
  return isTidemarkError(error) ? error.code : String(error);
}

async function keepKeyId(parts: CoreParts, id: PlaceId, keys: KeysOutcome): Promise<void> {
  await parts.state.commit((writer) =>
    putPlace(writer, { ...requirePlace(writer, id), machineKeyId: keys.machineKeyId }),
  );
  parts.secrets.note(id, keys.notRemembered === null ? 'remembered' : 'session');
}

function forPerson(
  id: PlaceId,
  keys: KeysOutcome,
): { placeId: PlaceId; recoveryCode: string | null; notRemembered: string | null } {
  return { placeId: id, recoveryCode: keys.recoveryCode, notRemembered: keys.notRemembered };
}
