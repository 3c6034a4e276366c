/**
 * Which versions a place lets nobody remove, and until when: as it says of each version's own file. A lock that was told once
 * holds, so nothing is asked twice while the process lives. Told are only days that the place itself has named.
 */
import { isTidemarkError } from '#base/errors.ts';
import type { VersionLock } from '#contract/app/content-calls.ts';
import type { PlaceAccess } from '#contract/engine/engine-values.ts';
import type { Point } from '#catalogue/types.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';

/** One question each; the next call goes on from there. */
const MOST_ASKED = 400;
/** Asked together. Older versions were locked earlier: where none of so many is, none before them is looked for. */
const BATCH = 20;

export function lockCalls({
  parts,
  places,
  catalogues,
}: EngineService): Pick<EngineHandlers, 'versions.locks'> {
  /** By place, then by version; 0: it was not locked. */
  const learned = new Map<string, Map<string, number>>();

  return {
    async 'versions.locks'({ access, series, mayAsk }, { signal }): Promise<readonly VersionLock[]> {
      const points = await catalogues.with(access.repositoryId ?? '', (catalogue) =>
        catalogue.points(series),
      );
      const known = learned.get(access.placeId) ?? new Map<string, number>();
      learned.set(access.placeId, known);
      // Newest first: what is not learned today is what people look for least.
      if (mayAsk) await learn(access, points.toReversed(), known, signal).catch(orAway);
      const nowMs = parts.clock.nowMs();
      return points.flatMap(({ snapshotId, timeMs }) => {
        const untilMs = known.get(snapshotId) ?? 0;
        return untilMs > nowMs ? [{ snapshotId, timeMs, untilMs }] : [];
      });
    },
  };

  function learn(
    access: PlaceAccess,
    points: readonly Point[],
    known: Map<string, number>,
    signal: AbortSignal,
  ): Promise<void> {
    const unknown = points.filter(({ snapshotId }) => !known.has(snapshotId));
    const asked = Math.min(unknown.length, MOST_ASKED);
    if (unknown.length === 0) return Promise.resolve();
    const isBrief = true;
    return places.withPorts(
      access,
      async ({ storage }) => {
        await storage.open(signal);
        for (let at = 0; at < asked; at += BATCH) {
          const batch = unknown.slice(at, at + BATCH);
          const days = await Promise.all(
            batch.map(async ({ snapshotId }) => {
              const untilMs = (await storage.keptUntilMs('snapshot', snapshotId, signal)) ?? 0;
              known.set(snapshotId, untilMs);
              return untilMs;
            }),
          );
          if (days.some((day) => day > 0)) continue;
          for (const { snapshotId } of unknown.slice(at + BATCH)) known.set(snapshotId, 0);
          return;
        }
      },
      isBrief,
    );
  }
}

/** A place that cannot be asked tells nothing. */
function orAway(error: unknown): void {
  if (!isTidemarkError(error) || error.code === 'job.cancelled') throw error;
}
