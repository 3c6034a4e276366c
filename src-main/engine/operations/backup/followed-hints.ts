/**
 * Hints on their way through one backup: which folders they lead to, and how many files and folders were never looked
 * at because the parent snapshot stands for them. Those are the parent's own counts less whatever of it was looked at, or is
 * gone: so counting costs no more than the hints do.
 */
import { isTidemarkError } from '#base/errors.ts';
import type { BlobId } from '#base/ids.ts';
import { parseTree } from '#format/tree.ts';
import type { LeftBehind, ScannedFolder, TouchedEntries } from '#pipeline/scan-types.ts';
import type { Repository } from '#repository/repository.ts';
import type { TouchedPaths } from '#rules/touched-paths.ts';
import type { FolderInProgress } from './folder-in-progress.ts';

export interface TreeCounts {
  files: number;
  sizeBytes: number;
  folders: number;
}

/** Sources and folders above them are all looked at: there is one of each. */
const NOTHING: TouchedEntries = { names: [], isListed: false };

export class FollowedHints {
  readonly #touched: TouchedPaths;
  readonly #carried: TreeCounts;
  readonly #treesLeft: BlobId[] = [];

  /** `parentCounts`: all that the parent snapshot holds. */
  constructor(touched: TouchedPaths, parentCounts: Readonly<TreeCounts>) {
    this.#touched = touched;
    this.#carried = { ...parentCounts };
  }

  /** What a scan of this folder is told; undefined when it is to look at everything, here and below. */
  touchedIn(folder: FolderInProgress): TouchedEntries | undefined {
    if (!folder.followsHints) return undefined;
    if (folder.given !== undefined) return NOTHING;
    if (this.#touched.isWhole(folder.path)) {
      this.leaveScanned(folder, undefined);
      return undefined;
    }
    return { names: this.#touched.namesIn(folder.path), isListed: this.#isListed(folder) };
  }

  /** Nothing in the folder was touched: its tree is the parent's. */
  isUntouched(folder: FolderInProgress): boolean {
    const { followsHints, given, path } = folder;
    return followsHints && given === undefined && !this.#touched.isOnTheWay(path) && !this.#isListed(folder);
  }

  /**
   * A folder that was made anew under the old name may have the old inode: what is in it was changed then, and so on down, as
   * the ctimes tell, although only the topmost is named.
   */
  #isListed({ path, wasChanged, place }: FolderInProgress): boolean {
    if (this.#touched.has(path)) return true;
    return (
      wasChanged && place !== undefined && place.parent.given === undefined && this.#isListed(place.parent)
    );
  }

  /** What was looked at of a scanned folder; nothing is left of its tree when all of it was looked at, or could not be. */
  leaveScanned(folder: FolderInProgress, left: LeftBehind | undefined): void {
    if (!folder.followsHints || folder.isCounted) return;
    if (left !== undefined) this.#leave(left);
    else {
      if (folder.parentSubtree !== undefined) this.#treesLeft.push(folder.parentSubtree);
      folder.followsHints = false;
    }
  }

  #leave({ files, sizeBytes, folders, subtrees }: LeftBehind): void {
    this.#carried.files -= files;
    this.#carried.sizeBytes -= sizeBytes;
    this.#carried.folders -= folders;
    for (const id of subtrees) this.#treesLeft.push(id);
  }

  /** Of a folder that was looked at and found as it was. */
  leaveSame(
    { followsHints }: FolderInProgress,
    { fileCount, sizeBytes, subfolders }: ScannedFolder & { readonly kind: 'same' },
  ): void {
    if (followsHints) this.#leave({ files: fileCount, sizeBytes, folders: subfolders.length, subtrees: [] });
  }

  /**
   * What was never looked at; to be asked at the end. Reads the trees of folders that are gone.
   * @throws job.cancelled
   */
  async untouchedCounts(repository: Repository, signal: AbortSignal | undefined): Promise<TreeCounts> {
    for (let id = this.#treesLeft.pop(); id !== undefined; id = this.#treesLeft.pop()) {
      try {
        for (const node of parseTree(await repository.loadBlob('tree', id, signal)).nodes) {
          if (node.type === 'file') {
            this.#carried.files--;
            this.#carried.sizeBytes -= Number(node.size);
          } else if (node.type === 'dir') {
            this.#carried.folders--;
            if (node.subtree !== undefined) this.#treesLeft.push(node.subtree);
          }
        }
      } catch (error) {
        // A damaged tree of the parent makes the counts wrong, never the backup.
        if (isTidemarkError(error, 'job.cancelled')) throw error;
      }
    }
    const { files, sizeBytes, folders } = this.#carried;
    return { files: Math.max(0, files), sizeBytes: Math.max(0, sizeBytes), folders: Math.max(0, folders) };
  }
}
