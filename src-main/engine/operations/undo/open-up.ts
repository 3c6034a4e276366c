/** Gives the owner of a folder the right to change what is in it, where its permissions do not. */
import type { FileStat, TargetPath, TargetRoot } from '#files/port.ts';
import { metadataOf } from '#pipeline/safe-keeping.ts';

const OWNER_ALL = 0o700;

/** Does nothing where that is not to be had: then the work on the folder says so. */
export function openUp(root: TargetRoot, path: TargetPath, found: FileStat): void {
  if ((found.permissions & OWNER_ALL) === OWNER_ALL) return;
  const metadata = metadataOf(root, path, found);
  root.applyMetadata(path, { ...metadata, permissions: metadata.permissions | OWNER_ALL });
}
