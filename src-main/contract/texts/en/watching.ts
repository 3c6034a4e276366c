import type { WatchTable } from '../text-tables.ts';

const SAVED_ALL_THE_SAME = 'It is saved all the same: every backup looks through it.';

export const watching: WatchTable = {
  doubts: {
    started: 'changes were not followed before',
    eventsLost: 'so much changed at once that the system lost count',
    tooManyChanges: 'very much has changed',
    woke: 'the computer was asleep',
    folderReplaced: 'a folder was replaced, or its disk was connected or taken away',
    folderMissing: 'a folder is not there',
    watchFailed: 'following the changes had to begin anew',
  },
  fullWalks: {
    neverWalked: 'it has not been done here before',
    daily: 'this is done once a day',
    clockJumped: 'the clock of the computer was changed',
  },
  unwatched(reason, folder, more) {
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
  },
  exclusion: (folder, sharePercent) => ({
    title: `${folder} changes all the time: ${String(sharePercent)} % of all changes are there.`,
    safe: 'Nothing is lost, but versions are made less often than they could be.',
    todo: 'If nothing in it is worth keeping, leave this folder out.',
  }),
};
