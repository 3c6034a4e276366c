/**
 * The `bring` call: a version that one place has comes to another, without the sources. Only between places that cut files
 * alike; of others everything large would lie in the second one twice.
 */
import { executeCopy } from '#operations/copy/execute.ts';
import { DEFAULT_BATCH_BYTES } from '#operations/copy/types.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { JobTeller } from './job-teller.ts';
import { toListedVersion } from './listed-version.ts';

export function bringCalls(service: EngineService): Pick<EngineHandlers, 'bring'> {
  const { places, parts } = service;
  return {
    bring({ access, from, snapshotId }, { signal, tell }) {
      const teller = new JobTeller(tell, parts.clock);
      const use = { signal, writes: 'bring', keepsIndex: true };
      return service.withThreads(access, use, (destination, pipeline) =>
        places.with(from, { signal, keepsIndex: true }, async (source) => {
          if (source.config.chunkerPolynomial !== destination.config.chunkerPolynomial) return null;
          const { copied, skipped } = await executeCopy(
            { source, destination, pipeline },
            // Nobody there has to wait for this: what is removed meanwhile is missed, and then nothing is saved.
            {
              ids: [snapshotId],
              filter: {},
              compression: 'auto',
              sourceNoLock: true,
              batchBytes: DEFAULT_BATCH_BYTES,
            },
            {
              onProgress: ({ bytesDone, bytes }) => teller.progress({ bytesDone, totalBytes: bytes }),
            },
            signal,
          );
          const [saved] = [...copied, ...skipped];
          if (saved === undefined) return null;
          return toListedVersion(await destination.snapshots.load(saved.id, signal)) ?? null;
        }),
      );
    },
  };
}
