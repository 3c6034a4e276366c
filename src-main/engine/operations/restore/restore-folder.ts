/**
 * A folder under restore. Counts what of it is still to come, so that its own metadata is applied after everything in it:
 * whoever adds work calls `expect`, whoever ends it `settle`, and the last one gets true.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import type { TargetPath } from '#files/port.ts';
import type { EntryMetadata } from '#pipeline/restore-types.ts';

/** Permission bits of the owner. */
const WRITE_AND_ENTER = 0o300;

export interface FolderPlace {
  readonly parent: RestoreFolder;
  readonly name: ByteString;
  readonly metadata: EntryMetadata;
}

export class RestoreFolder {
  /** Undefined for the root, which is the target itself and keeps its own metadata. */
  readonly place: FolderPlace | undefined;
  readonly treeId: BlobId;
  readonly depth: number;
  /** It is wanted itself, not only something in it. */
  readonly isSelected: boolean;
  /** Known to be there. */
  isCertain: boolean;
  /** Nothing is in it but what this run put there. */
  isFresh: boolean;
  /** By this run. */
  isMade: boolean;
  /** What the locations of everything begin with. */
  readonly #prefix: ByteString;
  /** 1: it has not been looked through itself. */
  #expected = 1;

  constructor(
    place: FolderPlace | undefined,
    treeId: BlobId,
    state: { readonly isSelected: boolean; readonly isCertain: boolean; readonly isMade: boolean },
    prefix: ByteString = '' as ByteString,
  ) {
    this.place = place;
    this.treeId = treeId;
    this.#prefix = place === undefined ? prefix : place.parent.#prefix;
    this.depth = place === undefined ? 0 : place.parent.depth + 1;
    this.isSelected = state.isSelected;
    this.isCertain = state.isCertain;
    this.isMade = state.isMade;
    this.isFresh = state.isMade;
  }

  /** Names below the target. Made when asked: a deep tree would hold them many times over. */
  get path(): TargetPath {
    const names: ByteString[] = [];
    for (let { place } = this as RestoreFolder; place !== undefined; place = place.parent.place)
      names.push(place.name);
    return names.reverse();
  }

  /** Absolute in the snapshot, or below the folder chosen from it. */
  get location(): ByteString {
    if (this.place === undefined) return (this.#prefix || '/') as ByteString;
    return `${this.#prefix}/${this.path.join('/')}` as ByteString;
  }

  /** How many of the last names of `path` are not known to be there. The root is. */
  get uncertain(): number {
    return this.isCertain || this.place === undefined ? 0 : 1 + this.place.parent.uncertain;
  }

  /** Somebody who is not root could not enter it any more once it has its metadata, or one of those above it. */
  get willBeClosed(): boolean {
    for (let { place } = this as RestoreFolder; place !== undefined; place = place.parent.place)
      if ((place.metadata.permissions & WRITE_AND_ENTER) !== WRITE_AND_ENTER) return true;
    return false;
  }

  expect(): void {
    this.#expected++;
  }

  /** True when nothing is to come any more. */
  settle(): boolean {
    this.#expected--;
    return this.#expected === 0;
  }
}
