/**
 * What a person reads about watching, keyed by code: what is so, what is safe, what to do. One table for window, tray and
 * command line; a code without a text does not compile. Holds no markup.
 */
import type { DoubtReason, UnwatchedReason } from './watch-codes.ts';

/** After the name of a plan: "Letters: everything is looked at once more, because ...". */
export const DOUBT_TEXTS = {
  started: 'changes were not followed before',
  eventsLost: 'so much changed at once that the system lost count',
  tooManyChanges: 'very much has changed',
  woke: 'the computer was asleep',
  folderReplaced: 'a folder was replaced, or its disk was connected or taken away',
  folderMissing: 'a folder is not there',
  watchFailed: 'following the changes had to begin anew',
} as const satisfies Record<DoubtReason, string>;

export interface UnwatchedText {
  readonly title: string;
  readonly meaning: string;
  readonly toDo: string;
}

/** `folder`: the first of them, ready to be read; `more`: how many others. */
type UnwatchedTexts = Record<UnwatchedReason, (folder: string, more: number) => UnwatchedText>;

export const UNWATCHED_TEXTS = {
  watchLimit: (folder, more) => ({
    title: `The system cannot watch ${withMore(folder, more)}`,
    meaning:
      'There are more folders than may be watched at once. They are backed up all the same: every run looks through them.',
    toDo: 'Nothing must be done. To save time, leave out folders that need no backup, or let the administrator raise fs.inotify.max_user_watches.',
  }),
  networkFolder: (folder, more) => ({
    title: `${withMore(folder, more)} cannot be watched`,
    meaning:
      'Other computers can change it without this one being told. It is backed up all the same: every run looks through it.',
    toDo: 'Nothing must be done.',
  }),
  oddName: (folder, more) => ({
    title: `${withMore(folder, more)} cannot be watched because of its name`,
    meaning: 'It is backed up all the same: every run looks through it.',
    toDo: 'Nothing must be done. A new name without unusual characters would save time.',
  }),
  unreadable: (folder, more) => ({
    title: `${withMore(folder, more)} cannot be watched`,
    meaning:
      'It may not be read, or its disk has errors. Every run tries it, and tells what could not be saved.',
    toDo: 'Look whether you can open it, or leave it out of the plan.',
  }),
  failed: (folder, more) => ({
    title: `Changes in ${withMore(folder, more)} cannot be followed`,
    meaning:
      'This system does not tell of changes. Everything is backed up all the same: every run looks through it.',
    toDo: 'Nothing must be done for safety. If it stays so after a restart of the computer, send us a report.',
  }),
} as const satisfies UnwatchedTexts;

export function exclusionText(folder: string, sharePercent: number): UnwatchedText {
  return {
    title: `${folder} changes all the time`,
    meaning: `${String(sharePercent)} % of all changes come from it, so backups are made less often than they could be. Nothing is lost.`,
    toDo: 'If nothing in it is worth keeping, leave this folder out.',
  };
}

function withMore(folder: string, more: number): string {
  if (more === 0) return folder;
  return `${folder} and ${String(more)} ${more === 1 ? 'other' : 'others'}`;
}
