/** Terms that several calls share. */
import { bytesToByteString, type ByteString } from '#base/byte-string.ts';
import type { SnapshotFilter as StoreFilter } from '#repository/snapshot-store.ts';
import type { SnapshotFilter } from '../calls/access.ts';

export function toStoreFilter({ hosts, tagLists, paths }: SnapshotFilter): StoreFilter {
  return { hosts, tags: tagLists, paths };
}

export function workingFolder(): ByteString {
  return bytesToByteString(Buffer.from(process.cwd()));
}
