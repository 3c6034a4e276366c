/** Bringing a catalogue up to its place, and asking it. Only the former touches the place. */
import type { Point } from '#catalogue/types.ts';
import { repositorySource } from '#catalogue/catalogue-source.ts';
import { isKeptForEver, isPart, labelIn } from '#rules/snapshot-marks.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { JobTeller } from './job-teller.ts';

type HistoryCall = Extract<keyof EngineHandlers, `browse.${string}` | 'history.read'>;

export function historyCalls({
  parts,
  places,
  catalogues,
}: EngineService): Pick<EngineHandlers, HistoryCall> {
  return {
    'history.read': ({ access }, { signal, tell }) =>
      places.with(access, { signal }, async (repository) => {
        const teller = new JobTeller(tell, parts.clock);
        return catalogues.with(repository.config.id, async (catalogue) => {
          await catalogue.update(repositorySource(repository), {
            signal,
            onProgress: ({ pointsDone, pointsTotal }) =>
              teller.progress({ filesDone: pointsDone, totalFiles: pointsTotal }),
          });
          return { points: catalogue.points().length };
        });
      }),

    'browse.points': ({ repositoryId, series }) =>
      catalogues.with(repositoryId, (catalogue) => {
        // Whoever asks for points looks around: a search may follow.
        void catalogue.prepareSearch();
        return catalogue.points(series).map(withMarks);
      }),
    'browse.folder': ({ repositoryId, snapshotId, folder, ...options }) =>
      catalogues.with(repositoryId, (catalogue) => catalogue.openFolder(snapshotId, folder, options)),
    'browse.versions': ({ repositoryId, series, path, ...options }) =>
      catalogues.with(repositoryId, (catalogue) => catalogue.listVersions(series, path, options)),
    'browse.changes': ({ repositoryId, series, folder, edges }) =>
      catalogues.with(repositoryId, (catalogue) => catalogue.changesOverTime(series, folder, edges)),
    'browse.topFolders': ({ repositoryId, series, folder, fromMs, toMs }) =>
      catalogues.with(repositoryId, (catalogue) => catalogue.topFolders(series, folder, { fromMs, toMs })),
    'browse.nextChange': ({ repositoryId, snapshotId, path, direction }) =>
      catalogues.with(repositoryId, (catalogue) => catalogue.nextChange(snapshotId, path, direction) ?? null),
    'browse.search': ({ repositoryId, search }, { signal, tell }) =>
      catalogues.with(repositoryId, async (catalogue) => {
        let end = { matched: 0, isCut: false };
        for await (const slice of catalogue.search(search, signal)) {
          end = { matched: slice.matched, isCut: slice.isCut };
          tell(slice);
        }
        return end;
      }),
    'browse.difference': ({ repositoryId, beforeId, afterId, folder, ...options }, { signal }) =>
      catalogues.with(repositoryId, (catalogue) =>
        catalogue.difference(beforeId, afterId, folder, { ...options, signal }),
      ),
  };
}

function withMarks(point: Point): Point & { isKept: boolean; isPart: boolean; label: string | null } {
  const { tags } = point;
  return { ...point, isKept: isKeptForEver(tags), isPart: isPart(tags), label: labelIn(tags) ?? null };
}
