/**
 * A folder whose tree is being put together. Either texts of its nodes in tree order, some still missing until subfolders
 * and files are done; or, while nothing seems to have changed, just the subfolders that are being waited for.
 * When nothing is missing the tree's id can be found, and completes the folder's own node in the folder above.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import { NOTHING_STORED } from './entry-cost.ts';
import type { SourceFolder } from './source-tree.ts';

export interface FolderPlace {
  readonly parent: FolderInProgress;
  /** Index of this folder's node in the parent; -1 while the parent counts as same. */
  readonly index: number;
  readonly name: ByteString;
  /** The node up to the subtree's id. */
  readonly textBeforeSubtree: ByteString;
}

export class FolderInProgress {
  readonly path: ByteString;
  /** Undefined for the root of the snapshot. */
  readonly place: FolderPlace | undefined;
  /** Of the same folder in the parent snapshot. */
  readonly parentSubtree: BlobId | undefined;
  /** What the folder holds when it lies above the sources. */
  readonly given: SourceFolder | undefined;
  /** Its tree differs from the parent's, or its blobs are not all there: it is to be scanned with all texts. */
  needsTexts = false;
  /** Its unchanged files are counted already. */
  isCounted = false;
  /** What the hints do not name in it is as in the parent snapshot. */
  followsHints = false;
  /** Its ctime is not the parent's. */
  wasChanged = false;
  /** One of its subfolders differs from the parent's. */
  hasChangedChild = false;
  /** When it was first given to a scan; only where costs are told. */
  startedMs: number | undefined;
  /** Of its own list and those below it, so far. */
  treesStored = NOTHING_STORED;
  /** Subfolders that were finished while the folder counted as same; undefined for one that could not be listed. */
  readonly finished = new Map<ByteString, BlobId | undefined>();
  #texts: (ByteString | undefined)[] = [];
  #missing = 0;

  constructor(
    path: ByteString,
    place: FolderPlace | undefined,
    parentSubtree: BlobId | undefined,
    given: SourceFolder | undefined,
  ) {
    this.path = path;
    this.place = place;
    this.parentSubtree = parentSubtree;
    this.given = given;
  }

  get isComplete(): boolean {
    return this.#missing === 0;
  }

  /** Sets how many entries (or subfolders) there are; all are missing until set or dropped. */
  expect(entryCount: number): void {
    this.#texts = [];
    this.#missing = entryCount;
  }

  set(index: number, text: ByteString): void {
    this.#texts[index] = text;
    this.#missing--;
  }

  /** One entry less is missing: it will not be stored, or needs no text. */
  drop(): void {
    this.#missing--;
  }

  /** Node texts joined by commas; the folder lets go of them. */
  takeText(): ByteString {
    // Dropped entries have left holes, which filter passes over.
    const text = this.#texts.filter((part) => part !== undefined).join(',') as ByteString;
    this.#texts = [];
    return text;
  }
}
