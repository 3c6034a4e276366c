/**
 * Watches the folder given, in a process that the system allows few watches, until it is ready; prints what it was told as
 * JSON. `blind` as second argument: the limit is not asked for, so that the system refuses.
 */
import { textToByteString } from '#base/byte-string.ts';
import { systemClock } from '#base/system-clock.ts';
import { ChokidarWatching } from '#services/watcher/chokidar-watching.ts';
import { loadMounts } from '#services/watcher/mounts.ts';
import { loadWatchLimits } from '#services/watcher/system-limits.ts';

const [folder, mode] = process.argv.slice(2);
const unlimited = { maxWatches: undefined, maxQueued: undefined };
const watching = new ChokidarWatching(systemClock, {
  loadMounts,
  loadLimits: mode === 'blind' ? () => Promise.resolve(unlimited) : loadWatchLimits,
});
watching.watch({ folders: [textToByteString(folder!)], exclude: { patterns: [] } }, (news) => {
  if (news.isReady !== true) return;
  process.stdout.write(JSON.stringify(news));
  process.exit();
});
