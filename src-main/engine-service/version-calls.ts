/** Which versions a place has. Takes no lock: what is removed meanwhile is simply not there any more. */
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { toListedVersion } from './listed-version.ts';

export function versionCalls({ places }: EngineService): Pick<EngineHandlers, 'versions.list'> {
  return {
    'versions.list': ({ access }, { signal }) =>
      places.with(access, { signal }, async (repository) => {
        const { snapshots, damaged } = await repository.snapshots.loadAll(signal);
        const versions = snapshots.map(toListedVersion).filter((version) => version !== undefined);
        return { versions, damagedIds: damaged.map(({ data }) => data.id) };
      }),
  };
}
