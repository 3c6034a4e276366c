/**
 * The folder in which a restore keeps what it took away, with what is needed to take the restore back. It lies in the top
 * folder of a restore (and of every other file system that the restore changed), is never backed up, restored or cleared away
 * by a restore. Below it: one folder for each restore.
 */
import type { ByteString } from '#base/byte-string.ts';

export const UNDO_FOLDER = '.tidemark-undo' as ByteString;

/** How long a restore can be taken back. Source: product notes, 2. */
export const UNDO_DAYS = 30;
