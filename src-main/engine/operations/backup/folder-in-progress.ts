/**
 * A folder whose tree is being put together: texts of its nodes in tree order, some of them still missing. When none
 * is missing the tree can be stored, and its id completes the folder's own node in the folder above.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import type { SourceFolder } from './source-tree.ts';

export interface FolderPlace {
  readonly parent: FolderInProgress;
  /** Index of this folder's node in the parent. */
  readonly index: number;
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

  /** Sets how many entries there are; all are missing until set or dropped. */
  expect(entryCount: number): void {
    this.#texts = Array.from({ length: entryCount }, () => undefined);
    this.#missing = entryCount;
  }

  set(index: number, text: ByteString): void {
    this.#texts[index] = text;
    this.#missing--;
  }

  /** The entry will not be stored. */
  drop(): void {
    this.#missing--;
  }

  /** Node texts joined by commas; the folder lets go of them. */
  takeText(): ByteString {
    const text = this.#texts.filter((part) => part !== undefined).join(',') as ByteString;
    this.#texts = [];
    return text;
  }
}
