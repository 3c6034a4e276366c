import type { handOut as english } from '../en/hand-out.ts';
import type { Translated } from '../translated.ts';

export const handOut: Translated<typeof english> = {
  download: 'Herunterladen',
  downloadZip: 'Als Zip herunterladen',
  saveCopy: 'Kopie speichern…',
  saveZip: 'Als Zip speichern…',

  openCopy: 'Kopie öffnen',
  openCopyHint: 'Öffnet eine schreibgeschützte Kopie; Änderungen daran kommen nicht in die Sicherung.',
  opened: (name, moment) =>
    `${name} ${moment} ist geöffnet. Es ist eine schreibgeschützte Kopie: Änderungen daran kommen nicht in die Sicherung, und sie verschwindet, wenn Tidemark endet.`,

  quoted: (name) => `„${name}“`,
  items: (count) => `${count} Elemente`,

  zipping: (name) => `${name} entsteht`,
  soFar: (size) => `bisher ${size}`,
  zipReady: (name) => `${name} ist fertig; der Browser speichert die Datei.`,
  stop: 'Anhalten',

  getting: (what) => `Wird bereitgelegt: ${what}`,
  keepHolding: 'Noch festhalten, dann ablegen',
  ready: (what, isOne) => `${what} ${isOne ? 'liegt' : 'liegen'} bereit: noch einmal ziehen.`,
  readyExcept: (what, count) => `${what}: ${count} der Dateien darin ließen sich nicht lesen und fehlen.`,
  dragFailed: 'Das Ablegen hat nicht geklappt. Noch einmal ziehen.',
};
