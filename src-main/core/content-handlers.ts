/** Contents, what was handed out, and the disk as it is now: a place of the window becomes what the engine knows it by. */
import { isTidemarkError } from '#base/errors.ts';
import type { contentCalls } from '#contract/app/content-calls.ts';
import type { handOutCalls } from '#contract/app/hand-out-calls.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import { accessTo, requirePlace } from '#services/places/place-access.ts';
import type { CoreParts } from './core-parts.ts';

export function contentHandlers({ state, engine, routine }: CoreParts): CallHandlers<typeof contentCalls> {
  return {
    'browse.content': async ({ placeId, ...asked }, { signal }) => {
      const place = state.read((reader) => requirePlace(reader, placeId));
      try {
        const part = await engine.calls.content({ access: accessTo(place), ...asked }, { signal });
        if (routine.presence.stateOf(place).presence === 'absent') routine.presence.wasReached(place);
        return part;
      } catch (error) {
        // Whoever looks in vain is the first to know.
        if (isTidemarkError(error)) routine.presence.failed(place, error.code);
        throw error;
      }
    },
    'browse.now': ({ placeId, withOnlyNow = false, ...asked }, { signal }) => {
      const { repositoryId } = state.read((reader) => requirePlace(reader, placeId));
      return engine.calls.now({ repositoryId: repositoryId ?? '', withOnlyNow, ...asked }, { signal });
    },
  };
}

export function handOutHandlers({ handOuts }: CoreParts): CallHandlers<typeof handOutCalls> {
  return {
    'handOut.files': ({ jobId }) => handOuts.files(jobId),
    'handOut.content': ({ jobId, offset, length }) => handOuts.read(jobId, offset, length),
    'handOut.end': ({ jobId }) => handOuts.remove(jobId),
  };
}
