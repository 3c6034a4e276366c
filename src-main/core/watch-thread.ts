/** Folder watching for the services: in a thread whose memory is bounded, because chokidar's first look leaves much behind. */
import { Worker } from 'node:worker_threads';
import type { Clock } from '#base/clock.ts';
import { ThreadedWatching } from '#services/watcher/threaded-watching.ts';

/**
 * The young generation is where the garbage of a first look lies: unbounded, 80 000 files leave 200 MB behind; at 8 MB it takes
 * little longer. The old one holds what is watched, about 5 KB for each folder: 500 MB for as many as the system allows.
 */
const MEMORY = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 768 };

/** `workerUrl`: the entry `watch-worker`, as source or as built. */
export function createThreadedWatching(workerUrl: URL, clock: Clock): ThreadedWatching {
  return new ThreadedWatching(() => new Worker(workerUrl, { resourceLimits: MEMORY }), clock);
}
