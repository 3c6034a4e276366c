/** A file whose content is being written, from the moment it is known to be needed until it has its name or is given up. */
import type { ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import type { MetadataProblem } from '#files/port.ts';
import type { EntryMetadata } from '#pipeline/restore-types.ts';
import type { LinkGroup } from './link-groups.ts';
import type { RestoreFolder } from './restore-folder.ts';

export interface FileTask {
  readonly folder: RestoreFolder;
  readonly name: ByteString;
  /** In the version. */
  readonly ownName: ByteString;
  readonly metadata: EntryMetadata;
  /** Not empty; all of it is in the index. */
  readonly content: readonly BlobId[];
  /** Of the blobs' plaintexts. */
  readonly lengths: readonly number[];
  /** Sum of the blobs' plaintext lengths. */
  readonly sizeBytes: number;
  /** Something that is there gives way. */
  readonly isReplacing: boolean;
  /** The file's hard links, when this is the name that gets the content. */
  readonly group: LinkGroup | undefined;
}

/** How it went. `incomplete` also counts as there. */
export type FileEnd =
  | { readonly kind: 'there' }
  | { readonly kind: 'incomplete'; readonly problems: readonly MetadataProblem[] }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'damaged'; readonly code: string; readonly reason: string };
