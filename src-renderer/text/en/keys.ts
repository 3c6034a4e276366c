/** Who can open the copies: the list of keys, codes for somebody else, the own passphrase, and withdrawing. */
export const keys = {
  title: 'Who can open the copies',
  note: 'Each of these opens the copies by itself. Nothing is copied again when one is added or withdrawn.',
  loading: 'Asking the backup places',
  unknown: (place: string) => `Nothing is known of the keys of ${place}: connect it once.`,

  thisComputer: 'This computer',
  thisComputerNote: 'By itself, for the daily copies',
  otherComputer: (name: string) => `Another computer: ${name}`,
  recovery: 'Recovery code',
  helper: 'Helper code',
  helperFor: (name: string) => `Helper code, given to ${name}`,
  passphrase: 'Own passphrase',
  foreign: 'Key of another program',
  foreignBy: (name: string) => `Key of another program, made on ${name}`,
  made: (day: string) => `made on ${day}`,
  opens: (places: string) => `opens ${places}`,
  willOpen: (places: string) => `opens ${places} as soon as it is connected and free`,
  willBeWithdrawn: (places: string) => `still opens ${places}; withdrawn as soon as it is connected and free`,
  damaged: (places: string) => `damaged in ${places}: opens nothing there`,
  notThere: (places: string) => `does not open ${places}, which came later`,
  asLastSeen: (places: string) => `${places}: as it was when it was last connected`,
  inUse: 'In use',
  lastWay: 'Stays until another way in is proven',

  withdraw: 'Withdraw',
  withdrawTitle: (key: string) => `Withdraw: ${key}`,
  withdrawBody: (places: string) => `It opens ${places} no more.`,
  withdrawHonest:
    'Whoever copied a place before and has this code keeps access to that copy. What was read or copied with it cannot be taken back.',
  withdrawCode:
    'Your page with this code opens it no more. Tidemark asks you once to prove that you can open it without this computer.',
  withdrawComputer: 'That computer makes no more copies there until a code is typed on it again.',
  withdrawForeign:
    'Programs that use this key, restic for instance, open the place no more. Tidemark did not make it and does not know who has it.',
  keep: 'Leave it as it is',
  close: 'Close',
  withdrawn: 'Withdrawn.',
  refusedAt: (place: string, why: string) => `${place}: ${why}`,
  owedAt: (places: string) => `${places} follows as soon as it is connected and free.`,

  toKeys: 'Who can open them',

  addHelper: 'Add a helper code',
  addHelperTitle: 'Someone else may open this',
  addHelperBody:
    'A relative or colleague gets a page with a code of their own. It opens the same copies as yours, all of them, and can be withdrawn alone.',
  givenTo: 'Given to',
  givenToHint: 'A name by which you will know it again',
  makePage: 'Make the page',

  helperTitle: (name: string) => `The helper page for ${name}`,
  helperLead:
    'Print it or save it now: the code is shown this once and kept nowhere. Whoever has this page and the copies can read your files.',
  helperGone: 'The code of this page was shown once and is kept nowhere.',
  helperGoneBody: 'If the page is lost, withdraw the code and make another one.',
  helperOwed: (places: string) => `The code opens ${places} as soon as it was connected once more.`,
  helperRefused: (places: string) => `The code does not open ${places}.`,
  helperFileName: (name: string) => `Tidemark helper page ${name}.pdf`,
  back: 'Recovery kit',

  setPassphrase: 'Set your own passphrase',
  changePassphrase: 'Change your passphrase',
  passphraseTitle: 'Your own passphrase',
  passphraseBody:
    'It opens the same as the recovery code, on any computer, also with restic. It is kept in your head and nowhere else; the recovery code goes on opening.',
  passphraseField: 'Passphrase',
  passphraseHint: 'Four words or more that do not belong together, for instance',
  passphraseAgain: 'Once more',
  notTheSame: 'This is not the same.',
  measuring: 'Measuring',
  leaked: 'This is on the lists of leaked passwords, which everybody tries first.',
  tooEasy: (count: string) =>
    `About ${count} guesses: somebody who has the copies could find it. Add a word.`,
  holds: (count: string) =>
    `About ${count} guesses: that takes years, also for somebody with many computers.`,
  holdsLong: (count: string) => `About ${count} guesses: nobody gets through these.`,
  moreThan: (count: string) => `more than ${count}`,
  save: 'Set it',
  passphraseSet: 'The passphrase opens the copies from now on.',
};
