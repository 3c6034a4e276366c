/**
 * The `backup` call: one version of a series, and `saveFirstFiles`: a small one ahead of the first. The answer comes when the
 * place has confirmed the version; what it says of it is read from there.
 */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { invariant, TidemarkError } from '#base/errors.ts';
import type { SnapshotId } from '#base/ids.ts';
import type { BackupChoice, BackupOutcome, ListedVersion } from '#contract/engine/engine-values.ts';
import { describeErrorCode } from '#files/describe-file-error.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import { findFirstFiles } from '#operations/backup/first-files.ts';
import type { BackupObserver, BackupRequest, BackupResult } from '#operations/backup/types.ts';
import { createExcludeFilter } from '#rules/exclude-rules.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { isSeriesTag } from '#rules/snapshot-groups.ts';
import { PART_TAG } from '#rules/snapshot-marks.ts';
import { CACHE_FOLDER_TAG } from '#rules/tagged-exclude.ts';
import type { EngineParts } from './engine-parts.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { JobTeller } from './job-teller.ts';
import { toListedVersion } from './listed-version.ts';

/** restic's default target size of a pack. */
const PACK_SIZE_BYTES = 16 << 20;
/** So few changes need no more threads than the walk would keep busy at once. */
const FEW_HINTS = 500;
const THREADS_FOR_FEW_FILES = 2;

const PATH_STYLE = process.platform === 'win32' ? 'windows' : 'posix';

export function backupCalls(service: EngineService): Pick<EngineHandlers, 'backup' | 'saveFirstFiles'> {
  return {
    async backup({ access, choice }, { signal, tell }) {
      refuseBadPatterns(choice);
      const teller = new JobTeller(tell, service.parts.clock);
      const isSmall = isSmallWork(choice);
      const use = {
        signal,
        writes: 'backup',
        keepsIndex: true,
        mostThreads: isSmall ? THREADS_FOR_FEW_FILES : undefined,
      };
      return service.withThreads(access, use, async (repository, pipeline) => {
        const parts = { repository, files: createSourceFiles(), pipeline };
        const request = toRequest(choice, service.parts);
        const result = await executeBackup(parts, request, toObserver(teller), signal);
        return toOutcome(result, await savedVersion(repository, result));
      });
    },
    async saveFirstFiles({ access, choice }, { signal }) {
      refuseBadPatterns(choice);
      const { parts } = service;
      const request = toRequest(choice, parts);
      const files = createSourceFiles();
      const first = await findFirstFiles(
        files,
        choice.sources,
        { ...request.scan, onlyDevices: undefined, trustsParentAttributes: false },
        () => parts.clock.monotonicMs(),
        signal,
      );
      if (!first.isMuch || first.paths.length === 0) return null;
      const use = { signal, writes: 'backup', keepsIndex: true, mostThreads: THREADS_FOR_FEW_FILES };
      return service.withThreads(access, use, async (repository, pipeline) => {
        // The place knows better than this computer: where a rule keeps one version a day, a part must not stand for a whole one.
        const { snapshots, damaged } = await repository.snapshots.loadAll(signal);
        const isOfSeries = ({ snapshot }: StoredSnapshot): boolean =>
          request.seriesTag !== undefined && snapshot.tags.includes(request.seriesTag);
        if (damaged.length > 0 || snapshots.some(isOfSeries)) return null;
        const result = await executeBackup(
          { repository, files, pipeline },
          {
            ...request,
            sources: first.paths,
            partOf: choice.sources,
            parent: 'none',
            tags: [...request.tags, PART_TAG],
            allowEmptySource: true,
          },
          // What goes wrong with a file is told by the run that follows.
          {},
          signal,
        );
        return savedVersion(repository, result);
      });
    },
  };
}

async function savedVersion(repository: Repository, { snapshotId }: BackupResult): Promise<ListedVersion> {
  invariant(snapshotId !== undefined, 'a backup has saved no snapshot');
  const version = toListedVersion(await repository.snapshots.load(snapshotId));
  invariant(version !== undefined, 'a backup has saved a snapshot without a tree');
  return version;
}

/** A folder that is looked at whole may hold anything. */
function isSmallWork({ hints }: BackupChoice): boolean {
  return hints !== undefined && hints.wholeFolders.length === 0 && hints.paths.length <= FEW_HINTS;
}

/** Before anything is opened. @throws request.invalidInput */
function refuseBadPatterns({ excludePatterns }: BackupChoice): void {
  createExcludeFilter({ patterns: excludePatterns, style: PATH_STYLE });
}

function toRequest(choice: BackupChoice, { identity, programVersion }: EngineParts): BackupRequest {
  const { hints } = choice;
  return {
    sources: choice.sources,
    // Sources and hints are absolute.
    workingFolder: '/' as ByteString,
    scan: {
      ignoreInode: false,
      ignoreCtime: false,
      withAtime: false,
      exclude: { patterns: choice.excludePatterns, style: PATH_STYLE },
      folderTags: choice.excludesCaches ? [CACHE_FOLDER_TAG] : [],
      excludeLargerThanBytes: undefined,
    },
    oneFileSystem: false,
    tags: choice.tags,
    seriesTag: choice.tags.find(isSeriesTag),
    hostname: identity.hostname,
    changeHints: hints === undefined ? undefined : { ...hints, since: hints.since as SnapshotId },
    compression: 'auto',
    packSizeBytes: PACK_SIZE_BYTES,
    dryRun: false,
    allowEmptySource: choice.allowEmptySource,
    skipIfUnchanged: false,
    programVersion,
  };
}

function toObserver(teller: JobTeller): BackupObserver {
  return {
    onProgress: ({ filesDone, bytesDone, totalFiles, totalBytes, currentFolder }) =>
      teller.progress({
        filesDone,
        bytesDone,
        totalFiles: totalFiles ?? null,
        totalBytes: totalBytes ?? null,
        current: currentFolder ?? null,
      }),
    onProblem: ({ path, code }) => {
      const data = { path: toDisplay(path), reason: describeErrorCode(code) };
      teller.trouble(path, new TidemarkError('files.unreadable', data, { retry: 'afterUser' }));
    },
    onChangedWhileReading: (path) =>
      teller.trouble(
        path,
        new TidemarkError('files.changedWhileReading', { path: toDisplay(path) }, { retry: 'later' }),
      ),
  };
}

function toOutcome(result: BackupResult, version: BackupOutcome['version']): BackupOutcome {
  const { summary, hints } = result;
  return {
    version,
    // What is there as it was before is not there as it is now.
    leftOut: result.problems.length,
    changedWhileReading: result.changedWhileReading.length,
    walkedBecause: hints?.kind === 'walked' ? hints.reason : null,
    wasHinted: hints?.kind === 'followed',
    filesNew: summary.filesNew,
    filesChanged: summary.filesChanged,
    filesUnmodified: summary.filesUnmodified,
    bytesAdded: summary.dataAddedPacked,
    bytesProcessed: summary.totalBytesProcessed,
  };
}
