/** Entry of the thread that watches folders: chokidar behind the messages of `threaded-watching.ts`. */
import { parentPort } from 'node:worker_threads';
import { invariant } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { ChokidarWatching } from '#services/watcher/chokidar-watching.ts';
import { serveWatching } from '#services/watcher/threaded-watching.ts';

invariant(parentPort !== null, 'the watch worker runs outside of a thread');
const port = parentPort;
// Meant for other programs of the person: they would make chokidar look at everything again and again. Only this thread's copy.
for (const name of ['CHOKIDAR_USEPOLLING', 'CHOKIDAR_INTERVAL']) delete process.env[name];
serveWatching(port, new ChokidarWatching(systemClock), () => {
  port.close();
});
