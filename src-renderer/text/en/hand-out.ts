/** Giving files of a version to other programs: saved by the browser or by a dialog of the system, dragged out of the window. */
export const handOut = {
  download: 'Download',
  downloadZip: 'Download as zip',
  saveCopy: 'Save a copy…',
  saveZip: 'Save as zip…',

  openCopy: 'Open copy',
  openCopyHint: 'Opens a read-only copy; changes made to it are not kept in the backup.',
  opened: (name: string, moment: string) =>
    `${name} ${moment} is open. It is a read-only copy: changes made to it are not kept in the backup, and it goes when Tidemark ends.`,

  quoted: (name: string) => `“${name}”`,
  items: (count: string) => `${count} items`,

  zipping: (name: string) => `Making ${name}`,
  soFar: (size: string) => `${size} so far`,
  zipReady: (name: string) => `${name} is ready; your browser saves it.`,
  stop: 'Stop',

  getting: (what: string) => `Getting ${what} ready`,
  keepHolding: 'Keep holding, then drop',
  ready: (what: string, isOne: boolean) => `${what} ${isOne ? 'is' : 'are'} ready: drag once more.`,
  readyExcept: (what: string, count: string) =>
    `${what}: ${count} of the files inside could not be read and are missing.`,
  dragFailed: 'It was not handed over. Drag once more.',
};
