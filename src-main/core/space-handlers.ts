/** What a place holds and what erasing from it would take: the place's name becomes a repository, the rest is the engine's. */
import type { CallHandlers } from '#contract/calls/call-table.ts';
import type { spaceCalls } from '#contract/app/space-calls.ts';
import { requirePlace } from '#services/places/place-access.ts';
import type { CoreParts } from './core-parts.ts';

type SpaceHandlers = Pick<CallHandlers<typeof spaceCalls>, 'erase.prepare'>;

export function spaceHandlers({ state, engine }: CoreParts): SpaceHandlers {
  return {
    'erase.prepare': async ({ placeId, series, paths }, { signal }) => {
      const { repositoryId } = state.read((reader) => requirePlace(reader, placeId));
      const ask = { repositoryId: repositoryId ?? '', series, paths };
      const outlook = await engine.calls['erase.prepare'](ask, { signal });
      return { ...outlook, undeletableUntilMs: null };
    },
  };
}
