/** Removes a folder with all that is in it, by handles and through no link. */
import type { TargetPath, TargetRoot } from '#files/port.ts';
import { openUp } from './open-up.ts';

/** @throws the system's errors; what was removed until then is gone */
export function removeTree(root: TargetRoot, path: TargetPath): void {
  const found = root.stat(path);
  if (found === undefined) return;
  if (found.kind === 'dir') {
    openUp(root, path, found);
    for (const name of root.list(path)) removeTree(root, [...path, name]);
  }
  root.remove(path);
}
