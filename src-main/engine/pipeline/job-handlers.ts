/** Which function does which job. */
import { count } from './jobs/count.ts';
import { inspectTrees } from './jobs/inspect-trees.ts';
import { openFolders } from './jobs/open-folders.ts';
import { endRestore, finishFolders, placeEntries } from './jobs/place-entries.ts';
import { read } from './jobs/read.ts';
import { repack } from './jobs/repack.ts';
import { scan } from './jobs/scan.ts';
import { storeTrees } from './jobs/store-trees.ts';
import { verifyPack } from './jobs/verify-pack.ts';
import { writeFiles } from './jobs/write-files.ts';
import type { JobHandlers } from './worker-thread.ts';

export const jobHandlers: JobHandlers = {
  scan,
  count,
  read,
  storeTrees,
  inspectTrees,
  verifyPack,
  repack,
  openFolders,
  writeFiles,
  placeEntries,
  finishFolders,
  endRestore,
  flush: (_input, { sink }) => sink.flush(),
};
