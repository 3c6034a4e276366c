/** Which function does which job. */
import { read } from './jobs/read.ts';
import { scan } from './jobs/scan.ts';
import { storeTrees } from './jobs/store-trees.ts';
import type { JobHandlers } from './worker-thread.ts';

export const jobHandlers: JobHandlers = {
  scan,
  read,
  storeTrees,
  flush: (_input, { sink }) => sink.flush(),
};
