import type { space as english } from '../en/space.ts';
import type { Translated } from '../translated.ts';

export const space: Translated<typeof english> = {
  byFolder: 'Größte Ordner',
  overTime: 'Zuwachs',
  stored: (stored) => `${stored} gespeichert`,
  free: (free) => `${free} frei`,
  unknown: 'Der Ort sagt nichts, solange er nicht verbunden ist.',
  noFolders: 'Die Größen der Ordner kommen mit der ersten Version.',
  noPoints: 'Der Verlauf kommt mit der zweiten Version.',
  others: 'Übrige',
  tableTime: 'Version',
  tableAdded: 'Dazugekommen',
  tableTotal: 'Zusammen',
  tableFolder: 'Ordner',
  tableSize: 'Größe',
  chart: (from, to, total) => `Vom ${from} bis ${to} kamen zusammen ${total} dazu`,
};
