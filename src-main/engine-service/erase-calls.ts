/**
 * Erasing paths from every version of a series: the versions are written anew without them, then what no version needs any
 * more is taken out of the place, down to the last piece. Stopped between the two, the next clean-up does the rest.
 */
import { invariant } from '#base/errors.ts';
import type { EraseOutcome, PlaceAccess } from '#contract/engine/engine-values.ts';
import { prune } from '#operations/prune/run.ts';
import { DEFAULT_PRUNE_REQUEST } from '#operations/prune/types.ts';
import { executeRewrite } from '#operations/rewrite/execute.ts';
import type { RewriteRequest, RewriteResult } from '#operations/rewrite/types.ts';
import { literalPattern } from '#rules/literal-pattern.ts';
import { seriesKey } from '#rules/snapshot-groups.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { JobTeller } from './job-teller.ts';
import { toListedVersion } from './listed-version.ts';

type EraseCall = 'erase' | 'erase.prepare' | 'versions.keptUntil';

type TakenOut = Pick<EraseOutcome, 'freedBytes' | 'keptUntilMs'>;

const NOTHING_TAKEN_OUT: TakenOut = { freedBytes: 0, keptUntilMs: null };

export function eraseCalls(service: EngineService): Pick<EngineHandlers, EraseCall> {
  const { parts, catalogues, places } = service;
  return {
    async erase({ access, series, paths }, { signal, tell }): Promise<EraseOutcome> {
      const teller = new JobTeller(tell, parts.clock);
      const rewrite = { exclude: { patterns: paths.map((path) => literalPattern(path, 'posix')) } };
      const outcome = await rewriteSeries(access, series, rewrite, teller, signal);
      const isAnythingGone = outcome.replaced.length > 0;
      const takenOut = isAnythingGone ? await takeOut(access, teller, signal) : NOTHING_TAKEN_OUT;
      return { ...outcome, ...takenOut };
    },

    'erase.prepare': ({ repositoryId, series, paths }, { signal }) =>
      catalogues.with(repositoryId, (catalogue) => catalogue.outlookOfErasing(series, paths, signal)),

    /** What a version needs was written before it, so a place that locks for a time keeps that no longer. */
    'versions.keptUntil': ({ access, snapshotIds }, { signal }) =>
      places.withPorts(
        access,
        async ({ storage, clock }) => {
          await storage.open(signal);
          const ask = (id: string): Promise<number | undefined> =>
            storage.keptUntilMs('snapshot', id, signal);
          const days = (await Promise.all(snapshotIds.map(ask))).filter((day) => day !== undefined);
          const untilMs = Math.max(0, ...days);
          return untilMs > clock.nowMs() ? untilMs : null;
        },
        true,
      ),
  };

  function rewriteSeries(
    access: PlaceAccess,
    series: string,
    { exclude }: Pick<RewriteRequest, 'exclude'>,
    teller: JobTeller,
    signal: AbortSignal,
  ): Promise<Omit<EraseOutcome, keyof TakenOut>> {
    return service.withThreads(access, { signal, writes: 'erase' }, async (repository, pipeline) => {
      const { snapshots } = await repository.snapshots.loadAll(signal);
      const ids = snapshots.filter(({ snapshot }) => seriesKey(snapshot) === series).map(({ id }) => id);
      if (ids.length === 0) return { replaced: [], refused: 0, goneFiles: 0 };
      const request = { snapshots: { ids }, exclude: exclude!, forget: true, addSummary: false };
      const observer = {
        onProgress: (filesDone: number, totalFiles: number) => teller.progress({ filesDone, totalFiles }),
      };
      const result = await executeRewrite({ repository, pipeline }, request, observer, signal);
      return {
        replaced: await replacedBy(result),
        refused: result.refused.length,
        goneFiles: goneFiles(result),
      };

      async function replacedBy({ changed }: RewriteResult): Promise<EraseOutcome['replaced']> {
        return Promise.all(
          changed.map(async ({ oldId, newId }) => {
            const version = toListedVersion(await repository.snapshots.load(newId, signal));
            invariant(version !== undefined, 'a version was written anew without a tree');
            return { oldId, version };
          }),
        );
      }
    });
  }

  function takeOut(access: PlaceAccess, teller: JobTeller, signal: AbortSignal): Promise<TakenOut> {
    return service.withThreads(access, { signal, writes: 'erase' }, async (repository, pipeline) => {
      const request = { ...DEFAULT_PRUNE_REQUEST, maxUnused: { kind: 'bytes', bytes: 0 } as const };
      const observer = {
        onProgress: ({ bytesDone, totalBytes }: { bytesDone: number; totalBytes: number }) =>
          teller.progress({ bytesDone, totalBytes: totalBytes === 0 ? null : totalBytes }),
      };
      const done = await prune({ repository, pipeline }, request, observer, signal);
      return {
        freedBytes: Math.max(0, done.removedBytes - done.keptBytes - done.newBytes),
        keptUntilMs: done.keptUntilMs ?? null,
      };
    });
  }
}

function goneFiles({ changed }: RewriteResult): number {
  return changed.reduce((sum, each) => sum + each.goneFiles, 0);
}
