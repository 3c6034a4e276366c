import type { KeyTable } from '../text-tables.ts';

const NOTHING_DELETED = 'Nichts wurde gelöscht, und alle Versionen sind sicher.';
const TYPE_AT_EACH_START = 'Bei jedem Start den Wiederherstellungscode oder das Passwort eingeben';

export const keys: KeyTable = {
  refusals: {
    noService: {
      why: 'Hier läuft kein Schlüsselbund',
      todo: `${TYPE_AT_EACH_START}, oder den Schlüsselbund dieses Computers einrichten.`,
    },
    notSetUp: {
      why: 'Der Schlüsselbund ist noch nicht eingerichtet',
      todo: 'Ihn mit dem Programm für Passwörter und Schlüssel dieses Computers einrichten, oder bei jedem Start den Wiederherstellungscode eingeben.',
    },
    locked: {
      why: 'Der Schlüsselbund ist gesperrt',
      todo: 'Den Schlüsselbund entsperren, oder für dieses Mal den Wiederherstellungscode oder das Passwort eingeben.',
    },
    notSupported: {
      why: 'Für dieses System gibt es keinen Schlüsselbund',
      todo: `${TYPE_AT_EACH_START}.`,
    },
    timedOut: {
      why: 'Der Schlüsselbund hat nicht rechtzeitig geantwortet',
      todo: 'Nachsehen, ob hinter anderen Fenstern eine Frage des Schlüsselbunds steht, sie beantworten und es noch einmal versuchen.',
    },
    libraryMissing: {
      why: 'Der Teil, der mit dem Schlüsselbund spricht, ist nicht installiert',
      todo: 'Ihn installieren (auf Debian und Ubuntu: libsecret-1-0) und Tidemark neu starten.',
    },
    notKept: {
      why: 'Der Schlüsselbund hat ihn nicht behalten',
      todo: `${TYPE_AT_EACH_START}, und nach dem Schlüsselbund sehen.`,
    },
    refused: {
      why: 'Der Schlüsselbund hat es verweigert',
      todo: 'Es noch einmal versuchen; bis dahin bei jedem Start den Wiederherstellungscode oder das Passwort eingeben.',
    },
  },
  notRemembered: (why) => ({
    title: `Auf diesem Computer nicht gemerkt: ${why}.`,
    safe: NOTHING_DELETED,
  }),
  needs: {
    notGiven: 'Der Schlüsselbund dieses Computers gibt den Schlüssel nicht heraus',
    doesNotOpen: 'Der Schlüssel, den dieser Computer kennt, passt nicht mehr',
  },
  secretNeeded: (place, why, need) => ({
    title: `${place} öffnet sich nicht von selbst: ${why}.`,
    safe: `${NOTHING_DELETED} Neue warten bis dahin.`,
    todo:
      need === 'doesNotOpen'
        ? 'Einmal den Wiederherstellungscode oder das Passwort eingeben.'
        : 'Den Schlüsselbund entsperren, oder einmal den Wiederherstellungscode oder das Passwort eingeben.',
  }),
  group(problem) {
    const { number } = problem;
    switch (problem.kind) {
      case 'mistyped':
        return `Gruppe ${number} stimmt nicht: am besten Buchstabe für Buchstabe mit dem Papier vergleichen.`;
      case 'tooShort':
        return `Gruppe ${number} ist zu kurz: Jede Gruppe hat fünf Buchstaben oder Ziffern.`;
      case 'tooLong':
        return `Gruppe ${number} ist zu lang: Jede Gruppe hat fünf Buchstaben oder Ziffern.`;
      case 'foreignCharacter':
        return `Gruppe ${number} hat ein Zeichen, das in keinem Code vorkommt: „${problem.character}“.`;
    }
  },
  tooManyGroups: 'Das ist länger als ein Wiederherstellungscode: Er hat acht Gruppen zu fünf Zeichen.',
  passphrase(weakness) {
    switch (weakness.kind) {
      case 'tooShort':
        return `Das ist zu kurz, um jemanden abzuhalten: besser mindestens ${weakness.leastCharacters} Zeichen, zum Beispiel vier Wörter, die nichts miteinander zu tun haben.`;
      case 'common':
        return 'Das würde jeder als Erstes versuchen: besser vier Wörter, die nichts miteinander zu tun haben.';
      case 'repetitive':
        return 'Das wiederholt sich oder folgt der Tastatur: besser vier Wörter, die nichts miteinander zu tun haben.';
      case 'blankAtEnd':
        return 'Das beginnt oder endet mit einem Leerzeichen, das andere Programme entfernen: besser weglassen.';
      case 'unprintable':
        return 'Darin ist ein Zeichen, das sich nicht überall sehen oder tippen lässt: besser weglassen.';
    }
  },
  kinds: {
    machine: 'Dieser oder ein anderer Computer, von selbst',
    recovery: 'Wiederherstellungscode',
    helper: 'Code für Vertraute',
    passphrase: 'Passwort',
    foreign: 'Von einem anderen Programm',
  },
  withdrawn:
    'Der alte öffnet diesen Ort nicht mehr. Wer den Ort vorher kopiert hat und den alten kennt, kann jene Kopie weiter öffnen.',
  nextCode:
    'Der Code davor öffnet diesen Ort noch. Er gilt nicht mehr, sobald der neue bestätigt ist: bis dahin beide aufheben.',
};
