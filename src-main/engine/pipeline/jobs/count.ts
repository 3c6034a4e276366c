/**
 * The count job: how many files and bytes a scan of some folders will meet, for the display of time left. Looks at each entry
 * once and reads nothing; what cannot be looked at is not counted. Does a limited part of the work at a time.
 */
import type { ByteString } from '#base/byte-string.ts';
import { createScanFilter } from '../scan-filter.ts';
import type { JobTypes } from '../job-types.ts';
import type { JobContext } from '../worker-thread.ts';

type Count = JobTypes['count'];

/** Entries after which the rest is given back: some 50 ms of work. */
const ENTRIES_PER_JOB = 10_000;

export function count({ paths, settings }: Count['input'], { sourceFiles }: JobContext): Count['output'] {
  const filter = createScanFilter(settings, sourceFiles);
  const folders: ByteString[] = [];
  let files = 0;
  let bytes = 0;
  let looked = 0;

  function look(path: ByteString, isJudged: boolean): void {
    if (isJudged && filter.isExcludedByName(path)) return;
    try {
      const stat = sourceFiles.stat(path);
      if (isJudged && filter.isExcluded(stat)) return;
      if (stat.kind === 'dir' && !(isJudged && filter.isOtherFileSystem(stat))) folders.push(path);
      if (stat.kind !== 'file') return;
      files++;
      bytes += stat.sizeBytes;
    } catch {
      // The scan will say what is wrong with it.
    }
  }

  function list(folder: ByteString): readonly ByteString[] {
    try {
      return filter.keptNames(folder, sourceFiles.list(folder));
    } catch {
      return [];
    }
  }

  const isFirst = paths.kind === 'sources';
  for (const path of paths.paths) {
    if (isFirst) look(path, false);
    else folders.push(path);
  }
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const prefix = folder.endsWith('/') ? folder : `${folder}/`;
    for (const name of list(folder)) {
      looked++;
      look(`${prefix}${name}` as ByteString, true);
    }
    if (looked >= ENTRIES_PER_JOB) break;
  }
  return { files, bytes, folders };
}
