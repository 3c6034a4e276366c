/** Which function does which job. */
import { count } from './jobs/count.ts';
import { inspectTrees } from './jobs/inspect-trees.ts';
import { cutFile, finishFile, storeChunks } from './jobs/large-file.ts';
import { nameContent } from './jobs/name-content.ts';
import { openFolders } from './jobs/open-folders.ts';
import { endRestore, finishFolders, placeEntries } from './jobs/place-entries.ts';
import { read } from './jobs/read.ts';
import { repack } from './jobs/repack.ts';
import { scan } from './jobs/scan.ts';
import { beginSearch, searchTrees } from './jobs/search-trees.ts';
import { storeTrees } from './jobs/store-trees.ts';
import { verifyPack } from './jobs/verify-pack.ts';
import { writeFiles } from './jobs/write-files.ts';
import type { JobHandlers } from './worker-thread.ts';

export const jobHandlers: JobHandlers = {
  scan,
  count,
  read,
  cutFile,
  storeChunks,
  finishFile,
  storeTrees,
  inspectTrees,
  verifyPack,
  repack,
  openFolders,
  writeFiles,
  placeEntries,
  finishFolders,
  endRestore,
  beginSearch,
  searchTrees,
  nameContent,
  flush: (_input, { sink }) => sink.flush(),
};
