/**
 * A new computer takes over from a place: plans, places and rules as they last travelled there. Nothing is written to the
 * place but this computer's own key; series go on, because plans keep their ids.
 */
import { TidemarkError } from '#base/errors.ts';
import type { AppCalls } from '#contract/app/app-calls.ts';
import { placeId } from '#contract/app/values.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import type { PlaceAddress, StoredSettings } from '#contract/engine/engine-values.ts';
import { noteKitProven } from '#services/routine/known-kits.ts';
import { adoptSystems } from '#services/routine/known-systems.ts';
import { kindOf, optionsOf, refuseSecret, toAddress } from '#services/places/place-access.ts';
import { putPlace, type Place } from '#services/state/places-table.ts';
import { putPlan } from '#services/state/plans-table.ts';
import { getSetting, putSetting } from '#services/state/settings-table.ts';
import { parseKeyCopies, parseSettings } from '#services/travelling-settings/travelling-settings.ts';
import type { CoreParts } from './core-parts.ts';

type AdoptCalls = Pick<CallHandlers<AppCalls>, 'adopt.look' | 'adopt.take'>;

export function adoptHandlers(parts: CoreParts): AdoptCalls {
  const { engine, state, note, queue, routine, secrets, changed } = parts;
  return {
    'adopt.look': async (asked) => (await engine.calls['settings.list'](asked)).flatMap(describe),
    'adopt.take': async ({ password, snapshotId, ...address }) => {
      refuseSecret(address.location);
      const stored = await engine.calls['settings.list']({ ...address, password });
      const chosen = stored.find((each) => each.snapshotId === snapshotId);
      if (chosen === undefined)
        throw new TidemarkError('request.notFound', { what: 'saved settings', id: snapshotId });
      const settings = parseSettings(chosen.files);
      const here = await openHere(parts, address, password, settings.places);
      const others = settings.places.filter(({ id }) => id !== here.place.id);
      await state.commit((writer) => {
        putPlace(writer, here.place);
        noteKitProven(writer, here.place, '', parts.ports.clock.nowMs());
        for (const other of others)
          putPlace(writer, { ...other, machineKeyId: null, isRecoveryProven: false });
        putSetting(writer, 'keyCopies', {
          ...parseKeyCopies(chosen.files),
          ...getSetting(writer, 'keyCopies'),
        });
        adoptSystems(writer, settings.systems);
        putSetting(writer, 'givenKeys', { ...settings.givenKeys, ...getSetting(writer, 'givenKeys') });
        for (const plan of settings.plans) putPlan(writer, { ...plan, pause: null });
      });
      secrets.note(here.place.id, here.notRemembered === null ? 'remembered' : 'session');
      for (const other of others) secrets.note(other.id, 'missing');
      routine.presence.wasReached(here.place);
      note('settingsAdopted', { placeId: here.place.id, snapshotId, from: settings.hostname });
      await queue.add({ kind: 'readHistory', placeId: here.place.id }, 'person');
      changed('places');
      changed('plans');
      return {
        plans: settings.plans.length,
        places: settings.places.length,
        notRemembered: here.notRemembered,
      };
    },
  };
}

/** The place keeps the id that the plans know it by. */
async function openHere(
  parts: CoreParts,
  typed: PlaceAddress,
  password: string,
  places: readonly Omit<Place, 'machineKeyId' | 'isRecoveryProven'>[],
): Promise<{ place: Place; notRemembered: string | null }> {
  const probe = placeId.parse(parts.newId());
  const { calls } = parts.engine;
  const { location } = typed;
  // Which of the places this is shows only when it is open.
  const first = await calls['place.open']({ placeId: probe, ...typed, password, addsKey: false });
  await calls['place.forget']({ placeId: probe });
  const known = places.find(({ repositoryId }) => repositoryId === first.repositoryId);
  const id = known?.id ?? probe;
  const keys = await calls['place.open']({ placeId: id, ...typed, password, addsKey: true });
  const place: Place = {
    id,
    name: known?.name ?? location,
    kind: kindOf(location),
    address: toAddress(location, { ...(known && optionsOf(known)), ...typed.options }),
    repositoryId: keys.repositoryId,
    machineKeyId: keys.machineKeyId,
    addedAtMs: known?.addedAtMs ?? parts.ports.clock.nowMs(),
    // Somebody has just opened it with what they keep themselves, on a computer that knew nothing.
    isRecoveryProven: true,
  };
  return { place, notRemembered: keys.notRemembered };
}

/** Settings that cannot be read are left out of the choice. */
function describe({ snapshotId, timeMs, hostname, files }: StoredSettings): {
  snapshotId: string;
  savedAtMs: number;
  hostname: string;
  planNames: string[];
  placeNames: string[];
}[] {
  try {
    const { plans, places } = parseSettings(files);
    const [planNames, placeNames] = [plans.map(({ name }) => name), places.map(({ name }) => name)];
    return [{ snapshotId, savedAtMs: timeMs, hostname, planNames, placeNames }];
  } catch {
    return [];
  }
}
