/** Contents and the disk as it is now: a place of the window becomes what the engine knows it by. */
import type { contentCalls } from '#contract/app/content-calls.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import { accessTo, requirePlace } from '#services/places/place-access.ts';
import type { CoreParts } from './core-parts.ts';

export function contentHandlers({ state, engine }: CoreParts): CallHandlers<typeof contentCalls> {
  return {
    'browse.content': ({ placeId, ...asked }, { signal }) => {
      const place = state.read((reader) => requirePlace(reader, placeId));
      return engine.calls.content({ access: accessTo(place), ...asked }, { signal });
    },
    'browse.now': ({ placeId, withOnlyNow = false, ...asked }, { signal }) => {
      const { repositoryId } = state.read((reader) => requirePlace(reader, placeId));
      return engine.calls.now({ repositoryId: repositoryId ?? '', withOnlyNow, ...asked }, { signal });
    },
  };
}
