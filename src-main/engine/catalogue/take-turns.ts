/** Work in slices beside somebody who waits: half of the time belongs to the others. */
import type { Clock } from '#base/clock.ts';

/** Does one slice, then lets the thread be for as long as that took: a folder that is opened meanwhile waits for few of them. */
export async function doSlice(clock: Clock, slice: () => void): Promise<void> {
  const beganMs = clock.monotonicMs();
  slice();
  await clock.sleep(clock.monotonicMs() - beganMs);
}
