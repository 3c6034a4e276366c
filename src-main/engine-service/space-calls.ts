/** What is stored in a place, and by what; and which keys people keep for it. */
import { isKeptByPerson, listPlaceKeys } from '#services/keys/key-kinds.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';

type SpaceCall = 'space.place' | 'space.history' | 'personKeys';

export function spaceCalls({ places, catalogues }: EngineService): Pick<EngineHandlers, SpaceCall> {
  return {
    'space.place': ({ access }, { signal }) =>
      places.with(access, { signal, keepsIndex: true }, async (repository) => {
        await repository.loadIndex({ keepGoing: true, signal });
        return {
          // Without the headers of the packs: a thousandth at most.
          storedBytes: repository.index.sealedBytes,
          freeBytes: (await repository.storage.freeSpaceBytes(signal)) ?? null,
        };
      }),

    'space.history': ({ repositoryId }, { signal }) =>
      catalogues.with(repositoryId, async (catalogue) => ({
        points: catalogue
          .points()
          .flatMap(({ timeMs, summary: { dataAddedPacked, dataAdded } }) => {
            const addedBytes = dataAddedPacked ?? dataAdded;
            return addedBytes === undefined ? [] : [{ timeMs, addedBytes }];
          })
          .toSorted((a, b) => a.timeMs - b.timeMs),
        byFolder: await catalogue.folderSizes(signal),
      })),

    personKeys: ({ access }, { signal }) =>
      places.with(access, { signal }, async (repository) =>
        (await listPlaceKeys(repository, signal)).filter(isKeptByPerson).map(({ id }) => id),
      ),
  };
}
