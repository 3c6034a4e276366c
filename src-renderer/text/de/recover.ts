import type { recover as english } from '../en/recover.ts';
import type { Translated } from '../translated.ts';

export const recover: Translated<typeof english> = {
  title: 'Etwas zurückholen',
  titleRestic: 'Vorhandene Sicherung öffnen',
  back: 'Zurück',
  whereTitle: 'Wo liegen die Kopien?',
  whereBody: 'Ist es eine andere, schließe ihr Laufwerk an, dann erscheint sie hier.',
  looking: 'Sicherungen werden gesucht',
  nothingFound: 'Auf den Laufwerken dieses Computers liegt keine Sicherung.',
  nothingFoundBody:
    'Schließe das Laufwerk an, wähle seinen Ordner, oder tippe die Adresse vom Notfallblatt ab.',
  found: 'Hier liegt eine Sicherung',
  chooseFolder: 'Ordner wählen',
  typeIt: 'Adresse eintippen',
  address: 'Adresse vom Notfallblatt',
  addressHint: '/media/ich/usb/Tidemark',
  use: 'Nehmen',
  noBackupThere: 'In diesem Ordner liegt keine Sicherung.',
  notThere: 'Dort ist nichts. Liegt es auf einem Laufwerk, schließe es zuerst an.',
  unreachable: (reason) => `Nicht erreichbar: ${reason}.`,

  codeTitle: 'Wiederherstellungscode',
  codeBody:
    'Vom Notfallblatt: acht Gruppen zu fünf Zeichen, mit oder ohne Striche. Eine Passphrase geht auch.',
  codeLabel: 'Wiederherstellungscode oder Passphrase',
  passwordTitle: 'Passwort der Sicherung',
  passwordBody: 'Das, nach dem restic fragt. Es bleibt auf diesem Computer und steht nirgends im Klartext.',
  passwordLabel: 'Passwort',
  rightGroups: (count) => `${count} von 8 Gruppen stimmen`,
  open: 'Öffnen',
  wrongCode: 'Dieser Code öffnet sie nicht. Ist es das Blatt dieses Ortes, und das neueste?',
  wrongPassword: 'Dieses Passwort öffnet sie nicht.',
  nothingChanged: 'Nichts wurde geändert.',
  rememberKey: 'Dieser Computer soll sie künftig von selbst öffnen',
  rememberKeyBody:
    'Fügt der Sicherung einen Schlüssel dieses Computers hinzu. Ohne ihn wird bei jedem Start nach dem Passwort gefragt.',
  placeName: 'Name dieses Ortes',

  listTitle: 'Was da ist',
  listBody: 'Jeder Computer hat hier neben den Dateien auch seine Ordner und Regeln abgelegt.',
  savedAgo: (ago) => `zuletzt gesichert: ${ago}`,
  plansOf: (names) => `Schützt ${names}`,
  placesOf: (names) => `Kopien in ${names}`,
  noPlans: 'Noch nichts war geschützt',
  olderStates: 'Frühere Stände',
  takeOver: 'Als dieser Computer weitermachen',
  takeOverBody:
    'Bringt seine geschützten Ordner, Regeln und Orte zurück und führt seine Geschichte fort. Dateien kommen noch keine zurück: Das wählst du danach.',
  goesOn: (computer) => `Dieser Computer ersetzt ${computer}`,
  goesOnBody: (computer) =>
    `Sicherungen gehen hier nach denselben Regeln weiter. Ist ${computer} noch im Einsatz, sieh dich stattdessen nur um: Zwei Computer dürfen nicht eine Geschichte fortführen.`,
  justLook: 'Nur umsehen',
  lookButton: 'Zum Umsehen öffnen',
  justLookBody: 'Öffnet den Ort zum Umsehen und Zurückholen. Regeln kommen keine mit.',
  noSettings: 'Hier liegen Kopien, aber keine Regeln von Tidemark.',
  noSettingsBody: 'Sie lassen sich durchsehen und zurückholen. Geschützte Ordner wählst du neu.',
  done: 'Die Sicherung ist offen.',
  tookPlans: (plans, places) => `Zurückgebracht: ${plans}, ${places}.`,
  plans: (count, isOne) => `${count} ${isOne ? 'Satz geschützter Ordner' : 'Sätze geschützter Ordner'}`,
  places: (count, isOne) => `${count} ${isOne ? 'Sicherungsort' : 'Sicherungsorte'}`,
  lookAround: 'Umsehen und zurückholen',
};
