/** The dialog that chooses a folder of this computer, where the system shows none. */
export const chooseFolder = {
  title: 'Choose a folder',
  up: 'Up',
  home: 'Home folder',
  foldersIn: (folder: string) => `Folders in ${folder}`,
  noFolders: 'No folders in here.',
  someHidden: 'Show hidden folders',
  isCut: 'There are more folders than are shown here.',
  notWritable: 'You may not write into this folder.',
  free: (size: string) => `${size} free`,
  newFolder: 'New folder',
  newFolderName: 'Name of the new folder',
  make: 'Make it',
  cancel: 'Cancel',
  choose: (folder: string) => `Choose “${folder}”`,
  path: 'Where you are',
};
