import type { chooseFolder as english } from '../en/choose-folder.ts';
import type { Translated } from '../translated.ts';

export const chooseFolder: Translated<typeof english> = {
  title: 'Ordner wählen',
  up: 'Nach oben',
  home: 'Persönlicher Ordner',
  foldersIn: (folder) => `Ordner in ${folder}`,
  noFolders: 'Hier sind keine Ordner.',
  someHidden: 'Versteckte Ordner zeigen',
  isCut: 'Es gibt mehr Ordner, als hier gezeigt werden.',
  notWritable: 'In diesen Ordner darfst du nicht schreiben.',
  free: (size) => `${size} frei`,
  newFolder: 'Neuer Ordner',
  newFolderName: 'Name des neuen Ordners',
  make: 'Anlegen',
  cancel: 'Abbrechen',
  choose: (folder) => `„${folder}“ wählen`,
  path: 'Wo du bist',
  dropFolder: 'Einen Ordner loslassen, um ihn zu schützen',
  dropInBrowser: 'Ein Browser sagt nicht, wo ein Ordner liegt. „Ordner hinzufügen“ listet sie auf.',
  onlyFolders: (name) => `Nur Ordner lassen sich hinzufügen: „${name}“ ist keiner oder nicht lesbar.`,
};
