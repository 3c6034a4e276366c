import type { activity as english } from '../en/activity.ts';
import type { Translated } from '../translated.ts';

const files = (value: number): string => `${value} ${value === 1 ? 'Datei' : 'Dateien'}`;
const called = (name: string, other: string): string => (name === '' ? other : `„${name}“`);

export const activity: Translated<typeof english> = {
  title: 'Verlauf',
  note: 'Alles, was Tidemark getan hat und was du entschieden hast.',
  list: 'Was geschah, das Neueste zuerst',
  filters: 'Filter',
  what: 'Was',
  plan: 'Plan',
  place: 'Ort',
  result: 'Ergebnis',
  since: 'Seit',
  all: 'Alles',
  allPlans: 'Alle Pläne',
  allPlaces: 'Alle Orte',
  allResults: 'Alle Ergebnisse',
  always: 'Immer',
  today: 'Heute',
  week: 'Die letzten 7 Tage',
  month: 'Die letzten 30 Tage',
  quarter: 'Die letzten 90 Tage',
  decisions: 'Entscheidungen und Ereignisse',
  results: {
    good: 'Gelungen',
    doneExcept: 'Gelungen, mit Problemen',
    failed: 'Nicht gelungen',
    active: 'In Arbeit',
  },
  states: {
    queued: 'wartet',
    running: 'läuft',
    paused: 'macht Pause',
    done: 'fertig',
    doneExcept: 'fertig, mit Problemen',
    failed: 'nicht gelungen',
    cancelled: 'von dir abgebrochen',
    interrupted: 'unterbrochen, geht weiter',
  },
  starters: {
    person: 'von dir',
    schedule: 'nach Plan',
    watcher: 'nach Änderungen',
    catchUp: 'holt eine verpasste Zeit nach',
    retry: 'ein neuer Versuch',
    upkeep: 'Pflege',
  },
  clear: 'Filter aufheben',
  nothingTitle: 'Nichts passt',
  nothingBody: (filters) => `Nichts gefunden für: ${filters}.`,
  emptyTitle: 'Noch ist nichts geschehen',
  emptyBody: 'Hier erscheint die erste Sicherung.',
  entries: (count, isOne) => `${count} ${isOne ? 'Eintrag' : 'Einträge'}`,
  further: 'Weiter zurücksehen',
  lasted: (span) => `dauerte ${span}`,
  problems: (count) => `${files(count)} mit Problemen`,
  saved: (added) => `${added} dazu`,
  brought: 'von einem anderen Ort kopiert',

  log: {
    intact: (count) =>
      `Das Protokoll ist vollständig: Keiner der ${count} Einträge wurde verändert oder entfernt.`,
    broken: (number) =>
      `Das Protokoll wurde bei Eintrag ${number} verändert, und nicht von Tidemark. Was davor steht, ist verlässlich.`,
    checking: 'Das Protokoll wird geprüft',
  },
  export: 'Exportieren',
  exportCsv: 'Als Tabelle (CSV)',
  exportJson: 'Als Daten (JSON)',
  exportCut: 'Das war zu viel für eine Datei. Wähle eine Zeit und exportiere noch einmal.',
  fileName: 'tidemark-verlauf',

  back: 'Verlauf',
  gone: 'Das ist nicht mehr bekannt. Nur die letzten tausend Vorgänge sind es.',
  started: 'Begonnen',
  ended: 'Beendet',
  by: 'Angestoßen',
  state: 'Ergebnis',
  counts: 'Dateien',
  added: 'Zum Ort dazugekommen',
  broughtTitle: 'Erste Kopie',
  broughtBody:
    'Die Version eines anderen Orts wurde zuerst hierher kopiert; gezählt ist nur, was sich seither geändert hat.',
  countsWords: (fresh, changed, same) => `${fresh} neu, ${changed} geändert, ${same} gleich`,
  why: 'Warum',
  stop: 'Abbrechen',
  rest: 'Pause',
  resume: 'Weitermachen',
  again: 'Noch einmal versuchen',
  emptyIsMeant: 'Leer ist richtig',
  affectedTitle: (count) =>
    count === 1 ? '1 Datei oder Ordner beschädigt' : `${count} Dateien und Ordner beschädigt`,
  affectedNote:
    'Alles andere ist unberührt. Andere Versionen derselben Datei und die in anderen Orten können heil sein.',
  affectedVersions: (count) => (count === 1 ? 'in 1 Version' : `in ${count} Versionen`),
  affectedSettings: 'Pläne und Einstellungen von Tidemark',
  toVersions: 'Versionen ansehen',
  mend: {
    nothing: 'Es war nichts beschädigt: Was angesehen wurde, ist heil.',
    whole: (pieces, isOne) =>
      `Was beschädigt war, ist repariert und noch einmal gelesen: Es ist heil. ${isOne ? '1 Stück kam' : `${pieces} Stücke kamen`} von deinen anderen Orten und von diesem Computer zurück.`,
    remade: (versions, isOne) =>
      `${isOne ? 'Eine Version hatte eine beschädigte Beschreibung und hat' : `${versions} Versionen hatten eine beschädigte Beschreibung und haben`} wieder eine heile. Darin ging nichts verloren.`,
    unknownVersions: (versions, isOne) =>
      `${isOne ? 'Die Beschreibung einer Version ist' : `Die Beschreibungen von ${versions} Versionen sind`} beschädigt, und hier ist nicht bekannt, was darin stand.`,
    recovered: (versions, isOne) =>
      `Was von beschädigten Versionen übrig war, ist als ${isOne ? 'eine Version' : `${versions} Versionen`} mit der Marke „recovered“ wieder da.`,
    takenOut: 'Das Beschädigte ist entfernt; mehr war davon nicht zu finden.',
    getBack: 'Zurückholen, was übrig ist',
    getBackTitle: 'Zurückholen, was davon übrig ist?',
    getBackBody:
      'Alles Gespeicherte, das zu keiner Version gehört, wird eine eigene Version mit der Marke „recovered“, ohne Zeitpunkt und Namen. Darunter kann sein, was vor kurzem ausgedünnt wurde. Danach werden die beschädigten Beschreibungen aus dem Ort entfernt und auf diesem Computer aufbewahrt.',
    wholeByItself:
      'Was beschädigt war, ist repariert und noch einmal gelesen: Es ist heil. Verloren ging nichts.',
    gaveUp: (versions, isOne) =>
      `Was übrig ist, ist wieder heil. ${isOne ? '1 Version besteht' : `${versions} Versionen bestehen`} ohne das Verlorene weiter.`,
    lost: 'Was sich finden ließ, ist zurück. Der Rest ist nirgends zu finden: weder an deinen anderen Orten noch auf diesem Computer.',
    other: 'Etwas ist noch beschädigt, das sich von hier aus nicht reparieren lässt.',
    giveUp: 'Ohne das weitermachen',
    giveUpTitle: 'Ohne das Verlorene weitermachen?',
    giveUpBody:
      'Die Versionen bleiben und mit ihnen alles, was heil ist. Eine Datei, von der nur ein Teil verloren ist, behält den Rest; eine Version, von der nichts lesbar ist, fällt weg.',
    giveUpLater:
      'Das lässt sich nicht zurücknehmen. Gibt es noch einen anderen Ort mit denselben Dateien, schließe ihn zuerst an und repariere noch einmal.',
    keepAsIs: 'So lassen',
  },
  troublesTitle: 'Dateien mit Problemen',
  troublesNote: 'Alle anderen Dateien sind in Sicherheit.',
  noTroubles: 'Keine Datei hatte Probleme.',
  copyPath: 'Pfad kopieren',
  copied: 'Der Pfad ist kopiert.',
  leaveOut: 'Wenn sie nicht gesichert werden muss, lass sie im Plan aus.',
  toPlan: 'Plan öffnen',

  kinds: {
    planAdded: (name) => `Du hast ${called(name, 'Ordner')} geschützt`,
    planChanged: (name) => `Du hast ${called(name, 'einen Plan')} geändert`,
    planRemoved: (name) => `Du schützt ${called(name, 'Ordner')} nicht mehr`,
    placeAdded: (name) => `Du hast den Ort ${called(name, '')} hinzugefügt`,
    placeMoved: (name) => `Der Ort ${called(name, '')} hat eine andere Adresse`,
    placeRemoved: (name) => `Du hast den Ort ${called(name, '')} vergessen`,
    placeUnlocked: (name) => `Du hast ${called(name, 'einen Ort')} entsperrt`,
    recoveryProven: (name) => `Du hast das Notfallblatt von ${called(name, 'einem Ort')} bestätigt`,
    kitFound: (name) => `Du hast das Notfallblatt von ${called(name, 'einem Ort')} wiedergefunden`,
    mended: (name) => `${called(name, 'Ein Ort')} wurde repariert`,
    recoveryRenewed: (name) => `Du hast für ${called(name, 'einen Ort')} einen neuen Code angelegt`,
    helperAdded: (name) => `Du hast einen Helfercode für ${called(name, 'jemanden')} angelegt`,
    passphraseSet: (_name) => 'Du hast deine eigene Passphrase festgelegt',
    keyWithdrawn: (name) => `Du hast einen Schlüssel von ${called(name, 'einem Ort')} zurückgezogen`,
    settingsAdopted: (name) =>
      `Du hast Pläne und Einstellungen von ${called(name, 'einem Computer')} übernommen`,
    sourceLooksWrong: (name) =>
      `Ein Ordner von ${called(name, 'einem Plan')} fehlte oder war leer, alte Versionen werden festgehalten`,
    damageFound: (name) => `In ${called(name, 'einem Ort')} wurde ein Schaden gefunden`,
    versionsRemoved: (name) => `Alte Versionen von ${called(name, 'einem Plan')} wurden ausgedünnt`,
    versionMarked: (name) => `Eine Version in ${called(name, 'einem Ort')} wurde markiert`,
    erased: (name) => `In ${called(name, 'einem Ort')} wurde etwas aus der Geschichte gelöscht`,
    exported: (name) => `Dateien aus ${called(name, 'einem Ort')} wurden als Zip-Datei gespeichert`,
    handedOut: (name) => `Dateien aus ${called(name, 'einem Ort')} gingen an ein anderes Programm`,
    restored: (name) => `Dateien wurden aus ${called(name, 'einem Ort')} zurückgeholt`,
    restoreUndone: () => 'Das Zurückholen wurde rückgängig gemacht',
  },
  otherKind: (kind) => `Vermerkt: ${kind}`,
};
