/** Looking around in time: a place of the window becomes a repository of the engine's catalogues; nothing else happens here. */
import { browseCalls } from '#contract/app/browse-calls.ts';
import type { PlaceId } from '#contract/app/values.ts';
import type { CallContext, CallHandlers } from '#contract/calls/call-table.ts';
import type { EngineLink } from '#services/engine-link/engine-link.ts';
import { requirePlace } from '#services/places/place-access.ts';
import type { StateFile } from '#services/state/state-file.ts';

type Handlers = CallHandlers<typeof browseCalls>;
type Ask = (input: unknown, options: unknown) => Promise<unknown>;

export function browseHandlers(state: StateFile, engine: EngineLink): Handlers {
  const names = Object.keys(browseCalls) as (keyof typeof browseCalls)[];
  const made = names.map((name) => [
    name,
    ({ placeId, ...asked }: { placeId: PlaceId }, { signal, tell }: CallContext<unknown>) => {
      const { repositoryId } = state.read((reader) => requirePlace(reader, placeId));
      const ask = engine.calls[name] as unknown as Ask;
      return ask({ ...asked, repositoryId: repositoryId ?? '' }, { signal, onProgress: tell });
    },
  ]);
  return Object.fromEntries(made) as Handlers;
}
