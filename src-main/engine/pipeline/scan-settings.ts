/** How the person's files are looked at; plain values, sent with every job so that workers keep no state of a backup. */
import type { PatternOptions } from '#rules/exclude-rules.ts';
import type { FolderTag } from '#rules/tagged-exclude.ts';

export interface ScanSettings {
  /** Do not let a changed inode, a changed ctime alone count as a changed file. */
  readonly ignoreInode: boolean;
  readonly ignoreCtime: boolean;
  /** Store access times instead of repeating the modification time. */
  readonly withAtime: boolean;
  /**
   * Take over the attributes of what has not changed since the parent. Only when the parent was written by this very
   * program and user: others may not have stored or seen all attributes.
   */
  readonly trustsParentAttributes: boolean;
  /** st_dev of the sources when other file systems are left out; undefined = enter all. */
  readonly onlyDevices: readonly bigint[] | undefined;
  readonly exclude: PatternOptions;
  /** Contents of folders that hold such a file are left out. */
  readonly folderTags: readonly FolderTag[];
  readonly excludeLargerThanBytes: number | undefined;
  /** A scan reads no file itself: somebody wants to hear what each of them costs. */
  readonly readsLater?: boolean;
}
