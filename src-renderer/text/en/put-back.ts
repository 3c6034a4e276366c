/** Putting things back: the plan before, the progress, and what was done; copies, archives and erasing. */
const files = (count: string, isOne: boolean): string => (isOne ? '1 file' : `${count} files`);
/** Null: what is gone is taken from where it was last, so there is no moment for all. */
const whence = (what: string, moment: string | null): string =>
  moment === null ? `${what}, each from its own version,` : `${what} from ${moment}`;

export const putBack = {
  files,
  title: 'Put back',
  titleOf: (what: string, moment: string | null) => `Put back ${whence(what, moment).replace(/,$/, '')}`,
  copyTitleOf: (what: string, moment: string | null) =>
    `Put a copy of ${whence(what, moment)} somewhere else`,
  quoted: (name: string) => `“${name}”`,
  newThere: 'new there',
  items: (count: string) => `${count} items`,
  looking: 'Looking at what is there now…',
  tryAgain: 'Look again',
  close: 'Close',
  cancel: 'Cancel',

  putsBack: (what: string) => `Puts back ${what}`,
  putsCopies: (what: string, folder: string) => `Puts a copy of ${what} in ${folder}`,
  nothingToDo: 'Nothing would change',
  missing: (count: string, isOne: boolean) => `${count} ${isOne ? 'is' : 'are'} missing today`,
  isNew: (count: string, isOne: boolean) => `${count} ${isOne ? 'is' : 'are'} new there`,
  replacesNewer: (count: string, isOne: boolean) =>
    `${count} ${isOne ? 'replaces a newer version' : 'replace newer versions'}`,
  replaces: (count: string, isOne: boolean) =>
    `${count} ${isOne ? 'replaces what is there' : 'replace what is there'}`,
  besides: (count: string, isOne: boolean) =>
    `${count} ${isOne ? 'gets' : 'get'} a name beside what is there`,
  unchanged: (count: string, isOne: boolean) =>
    `${count} ${isOne ? 'is identical and will be left alone' : 'are identical and will be left alone'}`,
  kept: (count: string, isOne: boolean) =>
    `${count} ${isOne ? 'stays as it is by your rule' : 'stay as they are by your rule'}`,
  removed: (count: string, isOne: boolean) =>
    `${count} that came later ${isOne ? 'goes' : 'go'} into safe keeping`,
  toFetch: (size: string) => `${size} to fetch.`,
  toFetchIn: (size: string, time: string) => `${size} to fetch, about ${time}.`,
  seconds: (count: string) => `${count} s`,
  room: (size: string, free: string) => `Space needed ${size} of ${free}.`,
  noRoom: (size: string, free: string) =>
    `There is not enough space: ${size} are needed, ${free} are free. Nothing has been touched.`,
  safeKeeping: 'What is replaced is kept for 30 days, and you can take this back.',

  actions: {
    restored: 'missing today',
    updated: 'replaces what is there',
    beside: 'gets a name beside it',
    unchanged: 'identical',
    kept: 'left as it is',
    removed: 'came later',
  },
  replacesNewerLine: (moment: string) => `replaces one changed ${moment}`,
  listLabel: 'What would happen to each file',
  listCut: (shown: string) => `The first ${shown} are listed; the counts are of everything.`,
  takeThis: (name: string) => `Put back ${name}`,
  copyThis: (name: string) => `Put a copy of ${name}`,
  problems: 'Cannot be put back',
  all: 'All',

  ruleLabel: 'If something is in the way',
  rules: {
    'replace-keep-current': 'Replace, and keep what is there now',
    'keep-both': 'Keep both',
    'only-missing': 'Only what is missing',
    'only-older': 'Only what is older than this version',
    exact: 'Make it exactly as it was',
  },
  ruleHints: {
    'replace-keep-current': 'What is there now goes into safe keeping for 30 days.',
    'keep-both': 'Named “letter (from 3 Nov 14.20).docx”, beside what is there.',
    'only-missing': 'Whatever is there stays as it is.',
    'only-older': 'Newer work stays as it is.',
    exact: 'Also removes what came later, into safe keeping.',
  },
  ownRuleLabel: (name: string) => `If something is in the way of ${name}`,
  asForAll: 'as for all',
  ownRules: {
    'replace-keep-current': 'replace',
    'keep-both': 'keep both',
    'only-missing': 'only if missing',
    'only-older': 'only if older',
  },
  exactQuestion: (removed: string, folder: string) =>
    `${removed} in ${folder} came later and will be removed. It goes into safe keeping, and you can take it back for 30 days. Make the folder exactly as it was?`,
  exactNothing: 'Nothing came later, so nothing will be removed.',
  exactYes: (removed: string) => `Remove ${removed} and put back`,
  exactNo: 'Not so',

  putBackFiles: (what: string) => `Put ${what} back`,
  putCopyIn: (folder: string) => `Put a copy in ${folder}`,
  chooseFolder: 'Choose a folder…',
  otherFolder: 'Another folder…',
  chooseTitle: 'Where shall the copy go?',

  running: 'Putting back',
  filesDone: (done: string, total: string) => `${done} of ${total} files`,
  bytesDone: (done: string, total: string) => `${done} of ${total}`,
  pause: 'Pause',
  goOn: 'Continue',
  goesOn: 'It goes on when you close this.',
  paused: 'Paused.',
  waitsForYou: 'It waits until you continue, also when the computer has been off.',
  done: (what: string) => `${what} put back and verified.`,
  doneCopy: (what: string, folder: string) => `${what} put in ${folder} and verified.`,
  doneNothing: 'Everything was there already. Nothing was changed.',
  doneExcept: (what: string, failed: string) => `${what} put back and verified; ${failed} could not be.`,
  areBack: (what: string, isOne: boolean) => `${what} ${isOne ? 'is' : 'are'} back.`,
  areThere: (what: string, folder: string, isOne: boolean) => `${what} ${isOne ? 'is' : 'are'} in ${folder}.`,
  cameLater: (count: string, isOne: boolean) =>
    `${count} that came later ${isOne ? 'is' : 'are'} in safe keeping.`,
  stoppedBeforeRest: 'Stopped before the rest; nothing else was touched.',
  stoppedAtOnce: 'Stopped. Nothing had been changed yet.',
  failed: 'It was not put back. Nothing was changed.',
  interrupted:
    'It was cut off. Every file that is back is whole, and you can take it back under “Earlier restores”.',
  seeWhich: 'See which',
  troubles: 'These could not be put back',
  undo: 'Undo',
  showInFolder: 'Show in folder',
  nothingToShow: 'Nothing of it is there any more.',
  undoing: 'Taking it back…',
  undone: 'Taken back. Everything is as it was before.',
  undoneExcept: (kept: string) =>
    `Taken back. ${kept} had been edited since; your edits are kept as copies beside it.`,
  undoFailed: 'It was not taken back.',
  putBackAgain: 'Put it back again',
  undoProblems: (count: string) => `Taken back, except ${count} that could not be moved.`,
  undoOlder: (moment: string) =>
    `The last putting back was ${moment}. Press Ctrl + Z once more, or “Undo”, to take it back.`,
  nothingToUndo: 'There is nothing to take back.',

  earlier: 'Earlier restores',
  noEarlier: 'Nothing was put back here in the last 30 days.',
  earlierLine: (moment: string, until: string) => `${moment}, can be taken back until ${until}`,
  states: { undone: 'taken back', running: 'under way', interrupted: 'was interrupted', ended: '' },

  exportTitle: (what: string, moment: string | null) => `Save ${whence(what, moment)} as a zip file`,
  exportName: 'Name of the zip file',
  exportFolder: 'Folder',
  exportGo: 'Save the zip file',
  exporting: 'Making the zip file',
  exported: (name: string, folder: string) => `${name} is in ${folder}.`,
  from: (moment: string) => `from ${moment}`,

  eraseTitle: (what: string) => `Erase ${what} from history`,
  eraseSays: (versions: string, contents: string, size: string) =>
    `It is taken out of ${versions}: ${contents}, with all its contents ${size}. What is on your disk now stays as it is; while it lies there, each new version has it again.`,
  eraseVersions: (count: string, isOne: boolean) => (isOne ? '1 version' : `${count} versions`),
  eraseContents: (count: string, isOne: boolean) => (isOne ? '1 file' : `${count} files`),
  eraseWarning: 'This is the one thing that Tidemark cannot take back.',
  eraseElsewhere: (here: string, others: string, isOne: boolean) =>
    `This is about ${here} only. ${others} ${isOne ? 'has it too and keeps it' : 'have it too and keep it'}: change the place at the top right to erase it there as well.`,
  eraseLocked: (moment: string) =>
    `This backup place lets nothing be deleted until ${moment}. Until then it stays there.`,
  eraseSure: 'I want it gone for good',
  eraseGo: (versions: string) => `Erase from ${versions}`,
  erasing: 'Erasing from history',
  erased: (versions: string) => `Erased from ${versions}.`,
  eraseRefused: (count: string) => `${count} could not be rewritten and still have it.`,
};
