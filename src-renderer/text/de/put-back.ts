import type { putBack as english } from '../en/put-back.ts';
import type { Translated } from '../translated.ts';

const files = (count: string, isOne: boolean): string => (isOne ? '1 Datei' : `${count} Dateien`);
const whence = (what: string, moment: string | null): string =>
  moment === null ? `${what}, jeden aus seiner eigenen Version,` : `${what} von ${moment}`;

export const putBack: Translated<typeof english> = {
  files,
  title: 'Zurückholen',
  titleOf: (what, moment) => `${whence(what, moment)} zurückholen`,
  copyTitleOf: (what, moment) =>
    moment === null
      ? `Kopien von ${what}, jede aus ihrer eigenen Version, woanders ablegen`
      : `Eine Kopie von ${what} von ${moment} woanders ablegen`,
  quoted: (name) => `„${name}“`,
  newThere: 'dort neu',
  items: (count) => `${count} Einträge`,
  looking: 'Es wird nachgesehen, was jetzt da ist …',
  tryAgain: 'Noch einmal nachsehen',
  close: 'Schließen',
  cancel: 'Abbrechen',

  putsBack: (what) => `Holt ${what} zurück`,
  putsCopies: (what, folder) => `Legt eine Kopie von ${what} in ${folder} ab`,
  nothingToDo: 'Es würde sich nichts ändern',
  missing: (count, isOne) => `${count} ${isOne ? 'fehlt' : 'fehlen'} heute`,
  isNew: (count, isOne) => `${count} ${isOne ? 'ist' : 'sind'} dort neu`,
  replacesNewer: (count, isOne) =>
    `${count} ${isOne ? 'ersetzt eine neuere Fassung' : 'ersetzen neuere Fassungen'}`,
  replaces: (count, isOne) => `${count} ${isOne ? 'ersetzt' : 'ersetzen'}, was da ist`,
  besides: (count, isOne) => `${count} ${isOne ? 'bekommt' : 'bekommen'} einen Namen daneben`,
  unchanged: (count, isOne) =>
    `${count} ${isOne ? 'ist gleich und bleibt unberührt' : 'sind gleich und bleiben unberührt'}`,
  kept: (count, isOne) =>
    `${count} ${isOne ? 'bleibt' : 'bleiben'} nach deiner Regel, wie ${isOne ? 'sie ist' : 'sie sind'}`,
  removed: (count, isOne) =>
    `${count} später Dazugekommene ${isOne ? 'geht' : 'gehen'} in sichere Verwahrung`,
  toFetch: (size) => `${size} zu holen.`,
  toFetchIn: (size, time) => `${size} zu holen, etwa ${time}.`,
  seconds: (count) => `${count} s`,
  room: (size, free) => `Platzbedarf ${size} von ${free}.`,
  noRoom: (size, free) =>
    `Der Platz reicht nicht: ${size} werden gebraucht, ${free} sind frei. Nichts wurde angerührt.`,
  safeKeeping: 'Was ersetzt wird, wird 30 Tage verwahrt, und du kannst alles rückgängig machen.',

  actions: {
    restored: 'fehlt heute',
    updated: 'ersetzt, was da ist',
    beside: 'bekommt einen Namen daneben',
    unchanged: 'gleich',
    kept: 'bleibt, wie es ist',
    removed: 'kam später dazu',
  },
  replacesNewerLine: (moment) => `ersetzt eine, geändert ${moment}`,
  listLabel: 'Was mit jeder Datei geschieht',
  listCut: (shown) => `Die ersten ${shown} stehen in der Liste; die Zahlen gelten für alles.`,
  takeThis: (name) => `${name} zurückholen`,
  copyThis: (name) => `Kopie von ${name} ablegen`,
  problems: 'Lässt sich nicht zurückholen',
  all: 'Alle',

  ruleLabel: 'Wenn etwas im Weg ist',
  rules: {
    'replace-keep-current': 'Ersetzen und verwahren, was jetzt da ist',
    'keep-both': 'Beides behalten',
    'only-missing': 'Nur, was fehlt',
    'only-older': 'Nur, was älter ist als diese Version',
    exact: 'Genau so machen, wie es war',
  },
  ruleHints: {
    'replace-keep-current': 'Was jetzt da ist, wird 30 Tage sicher verwahrt.',
    'keep-both': 'Als „Brief (von 3. Nov 14.20).docx“ neben dem, was da ist.',
    'only-missing': 'Was da ist, bleibt, wie es ist.',
    'only-older': 'Neuere Arbeit bleibt, wie sie ist.',
    exact: 'Entfernt auch, was später dazukam, in sichere Verwahrung.',
  },
  ownRuleLabel: (name) => `Wenn ${name} etwas im Weg ist`,
  asForAll: 'wie für alle',
  ownRules: {
    'replace-keep-current': 'ersetzen',
    'keep-both': 'beides behalten',
    'only-missing': 'nur Fehlendes',
    'only-older': 'nur Älteres',
  },
  exactQuestion: (removed, folder) =>
    `${removed} in ${folder} kam später dazu und wird entfernt, in sichere Verwahrung; 30 Tage lang lässt sich das rückgängig machen. Den Ordner genau so machen, wie er war?`,
  exactNothing: 'Später kam nichts dazu, es wird also nichts entfernt.',
  exactYes: (removed) => `${removed} entfernen und zurückholen`,
  exactNo: 'Doch nicht',

  putBackFiles: (what) => `${what} zurückholen`,
  putCopyIn: (folder) => `Kopie in ${folder} ablegen`,
  chooseFolder: 'Ordner wählen …',
  otherFolder: 'Anderer Ordner …',
  chooseTitle: 'Wohin soll die Kopie?',

  running: 'Wird zurückgeholt',
  filesDone: (done, total) => `${done} von ${total} Dateien`,
  bytesDone: (done, total) => `${done} von ${total}`,
  pause: 'Pause',
  goOn: 'Weitermachen',
  goesOn: 'Es geht weiter, auch wenn du das hier schließt.',
  paused: 'Pause.',
  waitsForYou: 'Es wartet, bis du weitermachst, auch wenn der Computer aus war.',
  done: (what) => `${what} zurückgeholt und geprüft.`,
  doneCopy: (what, folder) => `${what} in ${folder} abgelegt und geprüft.`,
  doneNothing: 'Alles war schon da. Nichts wurde geändert.',
  doneExcept: (what, failed) => `${what} zurückgeholt und geprüft; ${failed} nicht.`,
  areBack: (what, isOne) => `${what} ${isOne ? 'ist' : 'sind'} zurück.`,
  areThere: (what, folder, isOne) => `${what} ${isOne ? 'liegt' : 'liegen'} in ${folder}.`,
  cameLater: (count, isOne) =>
    `${count} später Dazugekommene ${isOne ? 'ist' : 'sind'} in sicherer Verwahrung.`,
  stoppedBeforeRest: 'Vor dem Rest abgebrochen; sonst wurde nichts angerührt.',
  stoppedAtOnce: 'Abgebrochen. Es war noch nichts geändert.',
  failed: 'Es wurde nicht zurückgeholt. Nichts wurde geändert.',
  interrupted:
    'Es wurde unterbrochen. Jede zurückgeholte Datei ist vollständig; unter „Frühere Rückholungen“ lässt es sich rückgängig machen.',
  seeWhich: 'Welche?',
  troubles: 'Diese ließen sich nicht zurückholen',
  undo: 'Rückgängig',
  showInFolder: 'Im Ordner zeigen',
  nothingToShow: 'Davon ist nichts mehr da.',
  undoing: 'Wird rückgängig gemacht …',
  undone: 'Rückgängig gemacht. Alles ist wie vorher.',
  undoneExcept: (kept) =>
    `Rückgängig gemacht. ${kept} seither bearbeitet; deine Änderungen liegen als Kopie daneben.`,
  undoFailed: 'Es wurde nicht rückgängig gemacht.',
  putBackAgain: 'Wieder zurückholen',
  undoProblems: (count) => `Rückgängig gemacht, außer ${count}, die sich nicht bewegen ließen.`,
  undoOlder: (moment) =>
    `Zuletzt wurde etwas zurückgeholt: ${moment}. Noch einmal Strg + Z oder „Rückgängig“ nimmt es zurück.`,
  nothingToUndo: 'Es gibt nichts rückgängig zu machen.',

  earlier: 'Frühere Rückholungen',
  noEarlier: 'Hier wurde in den letzten 30 Tagen nichts zurückgeholt.',
  earlierLine: (moment, until) => `${moment}, rückgängig bis ${until}`,
  states: {
    undone: 'rückgängig gemacht',
    running: 'läuft',
    interrupted: 'wurde unterbrochen',
    ended: '',
  },

  exportTitle: (what, moment) => `${whence(what, moment)} als Zip-Datei sichern`,
  exportName: 'Name der Zip-Datei',
  exportFolder: 'Ordner',
  exportGo: 'Zip-Datei sichern',
  exporting: 'Zip-Datei entsteht',
  exported: (name, folder) => `${name} liegt in ${folder}.`,
  from: (moment) => `von ${moment}`,

  eraseTitle: (what) => `${what} aus der Geschichte löschen`,
  eraseSays: (versions, contents, size) =>
    `Es wird aus ${versions} genommen: ${contents}, mit allen Inhalten ${size}. Was jetzt auf deinem Gerät liegt, bleibt; solange es dort liegt, hat es jede neue Version wieder.`,
  eraseVersions: (count, isOne) => (isOne ? '1 Version' : `${count} Versionen`),
  eraseContents: (count, isOne) => (isOne ? '1 Datei' : `${count} Dateien`),
  eraseWarning: 'Das ist das Einzige, was Tidemark nicht rückgängig machen kann.',
  eraseElsewhere: (here, others, isOne) =>
    `Das betrifft nur „${here}“. ${others} ${isOne ? 'hat es auch und behält es' : 'haben es auch und behalten es'}: Oben rechts lässt sich der Ort wechseln, um es dort ebenfalls zu löschen.`,
  eraseLocked: (moment) =>
    `Dieser Sicherungsort lässt bis ${moment} nichts löschen. Bis dahin liegt es dort noch.`,
  eraseSure: 'Es soll für immer weg sein',
  eraseGo: (versions) => `Aus ${versions} löschen`,
  erasing: 'Wird aus der Geschichte gelöscht',
  erased: (versions) => `Aus ${versions} gelöscht.`,
  eraseRefused: (count) => `${count} ließen sich nicht neu schreiben und haben es noch.`,
};
