/**
 * What a person reads about watching, keyed by code: what is so, what is safe, what to do. One table for window, tray and
 * command line; a code without a text does not compile. Words of the window, as in `protection-texts.ts`. Holds no markup.
 */
import type { ErrorText } from './error-texts.ts';
import type { DoubtReason, FullWalkReason, UnwatchedReason } from './watch-codes.ts';

/** After the name of a plan: "Letters: the next run looks at everything, because ...". */
export const DOUBT_TEXTS = {
  started: 'changes were not followed before',
  eventsLost: 'so much changed at once that the system lost count',
  tooManyChanges: 'very much has changed',
  woke: 'the computer was asleep',
  folderReplaced: 'a folder was replaced, or its disk was connected or taken away',
  folderMissing: 'a folder is not there',
  watchFailed: 'following the changes had to begin anew',
} as const satisfies Record<DoubtReason, string>;

/** As `DOUBT_TEXTS`; of a doubt those are said. */
export const FULL_WALK_TEXTS = {
  neverWalked: 'it has not been done here before',
  daily: 'this is done once a day',
  clockJumped: 'the clock of the computer was changed',
} as const satisfies Record<Exclude<FullWalkReason, 'doubt'>, string>;

const SAVED_ALL_THE_SAME = 'It is saved all the same: every backup looks through it.';

/** `folder`: the first that cannot be watched, ready to be read; `more`: how many others there are. */
export function unwatchedText(reason: UnwatchedReason, folder: string, more: number): ErrorText {
  const folders = more === 0 ? folder : `${folder} and ${String(more)} ${more === 1 ? 'other' : 'others'}`;
  const title = `Changes in ${folders} cannot be followed`;
  switch (reason) {
    case 'watchLimit':
      return {
        title: `${title}: there are more folders than the system follows at once.`,
        safe: SAVED_ALL_THE_SAME,
        todo: 'Leave out folders that need no backup, or have the limit fs.inotify.max_user_watches raised.',
      };
    case 'networkFolder':
      return {
        title: `${title}: other computers may change it unseen.`,
        safe: SAVED_ALL_THE_SAME,
        todo: 'Nothing needs to be done.',
      };
    case 'oddName':
      return {
        title: `${title} because of its name.`,
        safe: SAVED_ALL_THE_SAME,
        todo: 'A name without unusual characters would save time.',
      };
    case 'unreadable':
      return {
        title: `${title}: it may not be read, or its disk has errors.`,
        safe: 'Every backup tries it, and tells what could not be saved.',
        todo: 'See whether you can open it, or leave it out.',
      };
    case 'failed':
      return {
        title: `${title} on this system.`,
        safe: SAVED_ALL_THE_SAME,
        todo: 'Restart the computer; if it stays so, send us a report.',
      };
  }
}

/** One folder causes most of the changes. */
export function exclusionText(folder: string, sharePercent: number): ErrorText {
  return {
    title: `${folder} changes all the time: ${String(sharePercent)} % of all changes are there.`,
    safe: 'Nothing is lost, but versions are made less often than they could be.',
    todo: 'If nothing in it is worth keeping, leave this folder out.',
  };
}
