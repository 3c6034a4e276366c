import type { kit as english } from '../en/kit.ts';
import type { Translated } from '../translated.ts';

export const kit: Translated<typeof english> = {
  title: 'Das Notfallblatt',
  lead: 'Dieses Blatt öffnet deine Kopien, wenn dieser Computer verloren oder defekt ist. Es gehört auf Papier oder in einen Passwortmanager, getrennt von diesem Computer.',
  leadLost:
    'Sind beide verloren, das Blatt und dieser Computer, kann niemand die Kopien öffnen. Eine Hintertür gibt es nicht.',
  loading: 'Das Blatt wird vorbereitet',
  print: 'Drucken',
  savePdf: 'Als PDF speichern',
  copyCode: 'Code kopieren',
  copied: 'Kopiert. In einer Minute verschwindet er aus der Zwischenablage.',
  copyRefused: 'Der Browser hat das Kopieren nicht erlaubt. Drucke das Blatt oder speichere es.',
  pdfAlone:
    'Diese Datei allein hilft nicht, solange sie nur auf diesem Computer oder in einem gesicherten Ordner liegt: Sie ginge mit dem Computer verloren oder steckte in den Kopien, die sie öffnen soll. Drucke sie, oder lege sie auf einen Stick oder einen anderen Computer.',
  pdfSaved: (file) => `Gespeichert als ${file}.`,
  pdfNotYet: (file) => `${file} ist kein guter Ort für dieses Blatt. Noch ist dort nichts gespeichert.`,
  pdfRisk: {
    backupPlace: (name) =>
      `Das liegt im Sicherungsort ${name}: Wer dort die Kopien findet, findet daneben, was sie öffnet.`,
    protectedFolder: (name) =>
      `Das liegt in ${name}, und das wird gesichert: Das Blatt läge in den Kopien, die es öffnet.`,
    sameDisk: () =>
      'Das liegt auf demselben Datenträger wie das, was geschützt ist: Geht er kaputt oder ist der Computer fort, ist auch das Blatt fort. Besser ist ein USB-Stick oder ein anderer Computer.',
  },
  saveElsewhere: 'Woanders speichern',
  keepThere: 'Trotzdem dort speichern',
  pdfFailed: 'Das PDF ließ sich nicht erstellen. Drucke das Blatt stattdessen.',
  codeInQr: 'Auch den Code in das quadratische Bild aufnehmen',
  codeInQrHint: 'Wer es fotografiert, kann dann die Kopien öffnen.',
  givenTo: 'Übergeben an',
  givenToHint: 'Wer dieses Blatt aufbewahrt (freiwillig)',
  showCode: 'Code zeigen',
  hideCode: 'Code verbergen',
  fileName: (place) => `Tidemark Notfallblatt ${place}.pdf`,

  proofTitle: 'Hast du es?',
  proofBody: (one, other) =>
    `Tippe Gruppe ${one} und Gruppe ${other} von deinem Blatt ab. Tidemark öffnet die Kopien dann allein mit dem Code, wie es ein fremder Computer täte.`,
  group: (number) => `Gruppe ${number}`,
  mistyped: (number) => `Gruppe ${number} stimmt nicht: Vergleiche sie Zeichen für Zeichen mit dem Blatt.`,
  tooShort: (number) => `Gruppe ${number} ist zu kurz: Jede Gruppe hat fünf Buchstaben oder Ziffern.`,
  tooLong: (number) => `Gruppe ${number} ist zu lang: Jede Gruppe hat fünf Buchstaben oder Ziffern.`,
  foreignCharacter: (number, character) =>
    `Gruppe ${number} enthält ein Zeichen, das in keinem Code vorkommt: „${character}“.`,
  tooManyGroups: 'Das ist länger als ein Wiederherstellungscode: Er hat acht Gruppen zu fünf Zeichen.',
  otherKit: (number) => `Gruppe ${number} gehört zu einem anderen Blatt. Nur das neueste gilt.`,
  proving: 'Die Kopien werden allein mit dem Code geöffnet',
  proven: 'Bewiesen: Dieses Blatt öffnet deine Kopien.',
  provenBody:
    'Bewahre es so auf, dass du es in einem Jahr noch findest. Tidemark selbst behält keine Kopie, und ältere Codes öffnen diesen Ort nicht mehr.',
  prove: 'Prüfen',
  later: 'Später',
  laterBody: 'Gesichert wird trotzdem, und Tidemark erinnert dich.',
  unprovenPage: 'Deine Passphrase öffnet die Kopien. Dass dieses Blatt es tut, hat noch niemand gezeigt.',
  laterWithPassphrase: 'Es hilft, wenn die Passphrase vergessen ist oder niemand da ist, der sie kennt.',
  unproven: 'Geschützt, aber nur dieser Computer kann die Kopien öffnen.',
  refusedCode: 'Dieser Code öffnet den Ort nicht. Nur der Code des neuesten Blatts tut es.',
  unreachable: 'Der Ort ist gerade nicht erreichbar. Schließe ihn an und prüfe dann noch einmal.',

  goneTitle: 'Der Code steht auf deinem Blatt, nicht auf diesem Computer.',
  goneBody:
    'Tidemark zeigt einen Code einmal und bewahrt ihn nirgends auf. Tippe ihn von deinem Blatt ab, um zu beweisen, dass du es hast.',
  wholeCode: 'Wiederherstellungscode',
  wholeCodeHint: 'Acht Gruppen zu fünf Zeichen, mit oder ohne Striche',
  provenBefore: 'Du hast bewiesen, dass du dieses Blatt hast.',
  provenBeforeBody:
    'Ist es verloren, erstelle ein neues und beweise es: Der alte Code öffnet diesen Ort dann nicht mehr.',
  findTitle: 'Weißt du noch, wo dein Notfallblatt liegt?',
  findBody: 'Lieber jetzt zwei Minuten als nie: Sieh nach und tippe eine Gruppe davon ab.',
  findGroup: (number) => `Gruppe ${number} von deinem Blatt`,
  found: 'Gut: Dieses Blatt ist noch das richtige.',
  foundBody: (day) => `Lege es wieder dorthin, wo es war. Tidemark fragt am ${day} wieder.`,
  cannotFind: 'Ich finde es nicht',
  renew: 'Neues Blatt erstellen',
  renewBody:
    'Erstellt einen neuen Code. Der alte öffnet den Ort, bis du den neuen bewiesen hast. Wer den Ort früher kopiert hat und den alten Code kennt, kann jene Kopie weiterhin öffnen.',
  cancel: 'So lassen',
  noPlace: 'Diesen Sicherungsort gibt es nicht.',
  toPlaces: 'Zu den Sicherungsorten',

  sheet: {
    helperTitle: 'Tidemark-Helferblatt',
    helperWhat: (name) =>
      `Mit diesem Blatt kann ${name} die Kopien meiner Dateien auf jedem Computer öffnen, wenn ich es nicht kann.`,
    helperWarning:
      'Wer dieses Blatt und die Kopien hat, kann diese Dateien lesen: Bewahre es auf wie einen Schlüssel.',
    helperCode: 'Helfercode',
    helperStep:
      'Den Helfercode eintippen, wo nach dem Wiederherstellungscode gefragt wird. Eine falsche Gruppe wird sofort genannt.',
    alsoAt: 'Und',
    title: 'Tidemark-Notfallblatt',
    made: (computer, date) => `Für ${computer}, erstellt am ${date}`,
    what: 'Dieses Blatt öffnet die Kopien deiner Dateien auf jedem Computer, wenn dieser verloren, gestohlen oder defekt ist.',
    need: 'Nötig sind dieses Blatt und der Ort, an dem die Kopien liegen; sonst nichts.',
    warning:
      'Wer dieses Blatt und die Kopien hat, kann deine Dateien lesen. Ohne das Blatt kann niemand helfen, auch nicht die Hersteller von Tidemark.',
    where: 'Wo die Kopien liegen',
    placeName: 'Name',
    kind: 'Art',
    address: 'Adresse',
    kinds: {
      drive: 'Laufwerk oder Ordner',
      local: 'Laufwerk oder Ordner',
      folder: 'Laufwerk oder Ordner',
      network: 'Netzwerk',
      sftp: 'Server (SFTP)',
      rest: 'Server (restic)',
      s3: 'Cloudspeicher (S3)',
      rclone: 'Cloudspeicher (rclone)',
      other: 'Anderer',
    },
    code: 'Wiederherstellungscode',
    hidden: 'Steht auf dem Blatt, das du aufbewahrst',
    qr: 'Wo die Kopien liegen, für eine Kamera',
    qrWithCode: 'Wo die Kopien liegen, und der Code',
    withApp: 'So kommen deine Dateien zurück',
    steps: {
      first: 'Tidemark auf irgendeinem Computer installieren und starten.',
      second: '„Etwas zurückholen“ wählen.',
      third: (place) => `${place} anschließen und auswählen.`,
      fourth: 'Den Wiederherstellungscode eintippen. Eine falsche Gruppe wird sofort genannt.',
      fifth: 'Den Computer wählen, dann umsehen und zurückholen, was du brauchst.',
    },
    withoutApp: 'Ohne Tidemark',
    withoutAppBody: 'Das freie Programm restic (restic.net) öffnet sie auch. Als Passwort will es den Code.',
    givenTo: 'Übergeben an',
    identity: (repository, keys) => `Ort ${repository}${keys === '' ? '' : ` · Schlüssel ${keys}`}`,
  },
};
