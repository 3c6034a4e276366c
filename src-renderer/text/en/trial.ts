/** Getting something back for once, to see how it goes before it is needed. */
export const trial = {
  title: 'Try it: get something back',
  lead: 'One of your files comes out of its newest version as a copy, into a folder of its own. None of your files is changed.',
  looking: 'Looking for a file that you know',
  chosen: (file: string, folder: string) => `${file} from ${folder}`,
  goesTo: (folder: string) => `The copy goes to ${folder}.`,
  begin: (file: string) => `Get a copy of ${file}`,
  other: 'Choose one myself',
  underWay: 'Getting it back and comparing it with what was saved',
  done: (file: string, seconds: string, isOne: boolean) =>
    `${file} is back and verified. It took ${seconds} ${isOne ? 'second' : 'seconds'}.`,
  doneBody: (folder: string) =>
    `The copy is in ${folder}. Getting back what you need goes the same way: find it in the timeline and choose “Put back”.`,
  failed: 'It did not succeed. That is worth knowing now: see why.',
  see: 'See why',
  takeAway: 'Remove the copy again',
  takenAway: 'The copy is gone again. Everything is as it was.',
  toHistory: 'Look around the timeline',
  toOverview: 'Done',
  nothing: 'There is no file to try it with yet',
  nothingYet: 'Come back after the next backup, with its place connected.',
  folder: 'Tidemark trial',
};
