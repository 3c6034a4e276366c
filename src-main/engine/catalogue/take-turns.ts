/** Work in slices beside somebody who waits: half of the time belongs to the others. */
import { setTimeout } from 'node:timers/promises';

/** Does one slice, then lets the thread be for as long as that took: a folder that is opened meanwhile waits for few of them. */
export async function doSlice<T>(slice: () => T): Promise<T> {
  const beganMs = performance.now();
  const result = slice();
  await setTimeout(performance.now() - beganMs);
  return result;
}
