/** Contents, what was handed out, and the disk as it is now: a place of the window becomes what the engine knows it by. */
import path from 'node:path';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { contentCalls } from '#contract/app/content-calls.ts';
import type { handOutCalls } from '#contract/app/hand-out-calls.ts';
import type { PlaceId } from '#contract/app/values.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import type { PlaceAccess } from '#contract/engine/engine-values.ts';
import { accessTo, mayLock, requirePlace } from '#services/places/place-access.ts';
import { getSetting } from '#services/state/settings-table.ts';
import type { CoreParts } from './core-parts.ts';

export function contentHandlers({ state, engine, routine }: CoreParts): CallHandlers<typeof contentCalls> {
  /** Of what only the place can answer. */
  const ask = async <T>(id: PlaceId, answer: (access: PlaceAccess) => Promise<T>): Promise<T> => {
    const place = state.read((reader) => requirePlace(reader, id));
    try {
      const answered = await answer(accessTo(place));
      if (routine.presence.stateOf(place).presence === 'absent') routine.presence.wasReached(place);
      return answered;
    } catch (error) {
      // Whoever looks in vain is the first to know.
      if (isTidemarkError(error)) routine.presence.failed(place, error.code);
      throw error;
    }
  };
  return {
    'browse.content': ({ placeId, ...asked }, { signal }) =>
      ask(placeId, (access) => engine.calls.content({ access, ...asked }, { signal })),
    'browse.owner': ({ placeId, ...asked }, { signal }) =>
      ask(placeId, (access) => engine.calls.owner({ access, ...asked }, { signal })),
    'browse.storedShares': ({ placeId, files }, { signal }) =>
      ask(placeId, (access) => engine.calls.storedShares({ access, files }, { signal })),
    'browse.locks': ({ placeId, series }, { signal }) => {
      const place = state.read((reader) => requirePlace(reader, placeId));
      const mayAsk = mayLock(place) && routine.presence.stateOf(place).presence !== 'absent';
      return engine.calls['versions.locks']({ access: accessTo(place), series, mayAsk }, { signal });
    },
    'browse.systems': () => state.read((reader) => getSetting(reader, 'systems')) ?? [],
    'browse.now': ({ placeId, withOnlyNow = false, ...asked }, { signal }) => {
      const { repositoryId } = state.read((reader) => requirePlace(reader, placeId));
      return engine.calls.now({ repositoryId: repositoryId ?? '', withOnlyNow, ...asked }, { signal });
    },
  };
}

export function handOutHandlers({ handOuts, ports }: CoreParts): CallHandlers<typeof handOutCalls> {
  return {
    'handOut.files': ({ jobId }) => handOuts.files(jobId),
    'handOut.content': ({ jobId, offset, length }) => handOuts.read(jobId, offset, length),
    'handOut.open': async ({ jobId }) => {
      const copy = await handOuts.prepareToOpen(jobId);
      try {
        if (ports.openFile === undefined)
          throw new TidemarkError('files.notOpened', { name: path.basename(copy) }, { retry: 'never' });
        await ports.openFile(copy);
      } catch (error) {
        await handOuts.remove(jobId);
        throw error;
      }
    },
    'handOut.end': ({ jobId }) => handOuts.remove(jobId),
  };
}
