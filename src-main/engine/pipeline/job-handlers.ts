/** Which function does which job. */
import { inspectTrees } from './jobs/inspect-trees.ts';
import { read } from './jobs/read.ts';
import { scan } from './jobs/scan.ts';
import { storeTrees } from './jobs/store-trees.ts';
import { verifyPack } from './jobs/verify-pack.ts';
import type { JobHandlers } from './worker-thread.ts';

export const jobHandlers: JobHandlers = {
  scan,
  read,
  storeTrees,
  inspectTrees,
  verifyPack,
  flush: (_input, { sink }) => sink.flush(),
};
