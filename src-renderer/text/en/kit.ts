/** The recovery kit: the page that opens the copies without this computer, and the proof that somebody has it. */
export const kit = {
  title: 'The recovery kit',
  lead: 'This page opens your copies when this computer is lost or broken. Keep it on paper or in a password manager, away from this computer.',
  leadLost:
    'Both lost, this page and this computer, means that nobody can open the copies. There is no hidden way in.',
  loading: 'Getting the page ready',
  print: 'Print',
  savePdf: 'Save as PDF',
  copyCode: 'Copy the code',
  copied: 'Copied. It leaves the clipboard in a minute.',
  copyRefused: 'The browser did not let it be copied. Print the page or save it.',
  pdfAlone:
    'This file alone does not help as long as it lies only on this computer or in a folder that is backed up: it would be lost together with the computer, or locked in the copies that it opens. Print it, or move it to a stick or another computer.',
  pdfSaved: (file: string) => `Saved as ${file}.`,
  pdfNotYet: (file: string) => `${file} is not a good place for this page. Nothing is saved there yet.`,
  pdfRisk: {
    backupPlace: (name: string) =>
      `It is in the backup place ${name}: whoever finds the copies there finds what opens them beside them.`,
    protectedFolder: (name: string) =>
      `It is in ${name}, which is backed up: the page would be locked in the copies that it opens.`,
    sameDisk: () =>
      'It is on the same disk as what is protected: when the disk breaks or the computer is gone, so is the page. A USB stick or another computer is better.',
  },
  saveElsewhere: 'Save it elsewhere',
  keepThere: 'Keep it there',
  pdfFailed: 'The PDF could not be made. Print the page instead.',
  codeInQr: 'Put the code into the square picture too',
  codeInQrHint: 'Whoever photographs it can then open the copies.',
  givenTo: 'Given to',
  givenToHint: 'Who keeps this page (optional)',
  showCode: 'Show the code',
  hideCode: 'Hide the code',
  fileName: (place: string) => `Tidemark recovery kit ${place}.pdf`,

  proofTitle: 'Do you have it?',
  proofBody: (one: string, other: string) =>
    `Type groups ${one} and ${other} from your page. Tidemark then opens the copies with the code alone, as a strange computer would.`,
  group: (number: string) => `Group ${number}`,
  mistyped: (number: string) => `Group ${number} is not right: compare it with the page, letter by letter.`,
  tooShort: (number: string) => `Group ${number} is too short: every group has five letters or digits.`,
  tooLong: (number: string) => `Group ${number} is too long: every group has five letters or digits.`,
  foreignCharacter: (number: string, character: string) =>
    `Group ${number} has a character that no code has: “${character}”.`,
  tooManyGroups: 'This is longer than a recovery code: there are eight groups of five.',
  otherKit: (number: string) => `Group ${number} is of another page. Only the newest page counts.`,
  proving: 'Opening the copies with the code alone',
  proven: 'Proven: this page opens your copies.',
  provenBody:
    'Keep it where you will find it in a year. Tidemark itself keeps no copy, and codes made before it open this place no more.',
  prove: 'Check it',
  later: 'Later',
  laterBody: 'Copies are made all the same, and Tidemark reminds you.',
  unprovenPage: 'Your passphrase opens the copies. Nobody has shown yet that this page does.',
  laterWithPassphrase: 'It helps where the passphrase is forgotten, or nobody is there who knows it.',
  unproven: 'Protected, but only this computer can open the copies.',
  refusedCode: 'This code does not open the place. Only the code of the newest page does.',
  unreachable: 'The place cannot be reached now. Connect it, then check again.',

  goneTitle: 'The code is on your page, not on this computer.',
  goneBody:
    'Tidemark shows a code once and keeps it nowhere. Type it from your page to prove that you have it.',
  wholeCode: 'Recovery code',
  wholeCodeHint: 'Eight groups of five, with or without dashes',
  provenBefore: 'You have proven that you have this page.',
  provenBeforeBody: 'If it is lost, make a new one and prove it: the old code then opens this place no more.',
  findTitle: 'Do you still know where your recovery kit is?',
  findBody: 'Two minutes now instead of never: look for it and type one group from it.',
  findGroup: (number: string) => `Group ${number} from your page`,
  found: 'Good: this page is still the right one.',
  foundBody: (day: string) => `Put it back where it was. Tidemark asks again on ${day}.`,
  cannotFind: 'I cannot find it',
  renew: 'Make a new page',
  renewBody:
    'Makes a new code. The old one opens the place until you have proven the new one. Whoever copied the place before and knows the old code can still open that copy.',
  cancel: 'Leave it as it is',
  noPlace: 'There is no such backup place.',
  toPlaces: 'To the backup places',

  sheet: {
    helperTitle: 'Tidemark helper page',
    helperWhat: (name: string) =>
      `With this page ${name} can open the copies of my files on any computer, when I cannot.`,
    helperWarning:
      'Anyone who has this page and the copies can read these files: keep it as you would keep a key.',
    helperCode: 'Helper code',
    helperStep: 'Type the helper code where the recovery code is asked for. A wrong group is named at once.',
    alsoAt: 'And',
    title: 'Tidemark recovery kit',
    made: (computer: string, date: string) => `For ${computer}, made on ${date}`,
    what: 'This page opens the copies of your files on any computer, when this one is lost, stolen or broken.',
    need: 'You need this page and the place where the copies are; nothing else.',
    warning:
      'Anyone who has this page and the copies can read your files. Without it nobody can help you, not even the makers of Tidemark.',
    where: 'Where the copies are',
    placeName: 'Name',
    kind: 'Kind',
    address: 'Address',
    kinds: {
      drive: 'Drive or folder',
      local: 'Drive or folder',
      folder: 'Drive or folder',
      network: 'Network',
      sftp: 'Server (SFTP)',
      rest: 'Server (restic)',
      s3: 'Cloud storage (S3)',
      rclone: 'Cloud storage (rclone)',
      other: 'Other',
    },
    code: 'Recovery code',
    hidden: 'Written on the page you kept',
    qr: 'Where the copies are, for a camera',
    qrWithCode: 'Where the copies are, and the code',
    withApp: 'Getting your files back',
    steps: {
      first: 'Install Tidemark on any computer and start it.',
      second: 'Choose “Getting things back”.',
      third: (place: string) => `Connect ${place} and choose it.`,
      fourth: 'Type the recovery code. A wrong group is named at once.',
      fifth: 'Choose the computer, then look around and put back what you need.',
    },
    withoutApp: 'Without Tidemark',
    withoutAppBody:
      'The free program restic (restic.net) opens it too. It asks for the code as the password.',
    givenTo: 'Given to',
    identity: (repository: string, keys: string) =>
      `Place ${repository}${keys === '' ? '' : ` · key ${keys}`}`,
  },
};
