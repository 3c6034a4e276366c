/**
 * What a place holds, what erasing from it would take, and the facts of its recovery kit. What the catalogue knows is told also
 * when the place is away; what only the place knows is told when it is there.
 */
import { hostname } from 'node:os';
import { isTidemarkError } from '#base/errors.ts';
import type { spaceCalls } from '#contract/app/space-calls.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import { opensByPassphrase } from '#services/given-keys/given-keys.ts';
import { accessTo, locationOf, requirePlace } from '#services/places/place-access.ts';
import { resticLines } from '#services/places/restic-lines.ts';
import type { CoreParts } from './core-parts.ts';

export function spaceHandlers({ state, engine, ports }: CoreParts): CallHandlers<typeof spaceCalls> {
  return {
    'space.get': async ({ placeId }, { signal }) => {
      const place = state.read((reader) => requirePlace(reader, placeId));
      const [history, stored] = await Promise.all([
        engine.calls['space.history']({ repositoryId: place.repositoryId ?? '' }, { signal }),
        unlessAway(engine.calls['space.place']({ access: accessTo(place) }, { signal })),
      ]);
      return {
        storedBytes: stored?.storedBytes ?? null,
        freeBytes: stored?.freeBytes ?? null,
        points: [...history.points],
        byFolder: [...history.byFolder],
      };
    },
    'erase.prepare': async ({ placeId, series, paths }, { signal }) => {
      const place = state.read((reader) => requirePlace(reader, placeId));
      const ask = { repositoryId: place.repositoryId ?? '', series, paths };
      const { newestIds, ...outlook } = await engine.calls['erase.prepare'](ask, { signal });
      const kept = { access: accessTo(place), snapshotIds: newestIds };
      const untilMs = await unlessAway(engine.calls['versions.keptUntil'](kept, { signal }));
      return { ...outlook, undeletableUntilMs: untilMs ?? null };
    },
    'kit.get': async ({ placeId }, { signal }) => {
      const place = state.read((reader) => requirePlace(reader, placeId));
      const keyIds = await unlessAway(engine.calls.personKeys({ access: accessTo(place) }, { signal }));
      return {
        placeName: place.name,
        kind: place.kind,
        location: locationOf(place),
        computerName: hostname(),
        dateMs: ports.clock.nowMs(),
        repositoryId: place.repositoryId ?? '',
        keyIds: [...(keyIds ?? [])],
        hasPassphrase: state.read((reader) => opensByPassphrase(reader, placeId)),
        commands: resticLines(locationOf(place)),
      };
    },
  };
}

/** Undefined where the place cannot be reached or opened now. */
async function unlessAway<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const isAway =
      isTidemarkError(error) &&
      (error.code.startsWith('storage.') || error.code.startsWith('repository.')) &&
      error.code !== 'repository.configInvalid';
    if (isAway) return undefined;
    throw error;
  }
}
