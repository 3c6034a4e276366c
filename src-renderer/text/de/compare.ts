import type { compare as english } from '../en/compare.ts';
import type { Translated } from '../translated.ts';

export const compare: Translated<typeof english> = {
  label: 'Was verschieden ist',
  title: (before, after) => `Von ${before} bis ${after}`,
  close: 'Vergleich beenden',
  added: 'dazugekommen',
  changed: 'geändert',
  removed: 'entfernt',
  moved: 'verschoben',
  counts: {
    added: (count) => `${count} dazu`,
    modified: (count) => `${count} geändert`,
    removed: (count) => `${count} entfernt`,
    moved: (count) => `${count} verschoben`,
  },
  wholeFolder: {
    added: (count, isOne) => `neu, mit ${count} ${isOne ? 'Element' : 'Elementen'}`,
    removed: (count, isOne) => `entfernt, mit ${count} ${isOne ? 'Element' : 'Elementen'}`,
  },
  show: 'Zeigen',
  hideNoise: 'Zwischenspeicher und Temporäres ausblenden',
  movedFrom: (path) => `verschoben von ${path}`,
  movedTo: (path) => `verschoben nach ${path}`,
  replaced: 'jetzt etwas anderes',
  sizes: (before, after) => `${before} → ${after}`,
  open: (name) => `${name} öffnen`,
  nothing: 'Zwischen den beiden Zeitpunkten ist hier nichts verschieden.',
  allHidden: 'Alles, was hier verschieden ist, ist durch die Wahl oben ausgeblendet.',
  incomplete: 'Einige Ordner eines der beiden Zeitpunkte ließen sich nicht lesen; es kann also mehr geben.',
  same: 'Beide Zeitpunkte sind derselbe.',
  sameHelp: 'Ziehe eine der beiden Marken im Band, oder drücke Umschalt + D und wähle den anderen Zeitpunkt.',
  more: 'Es gibt mehr: zeigen',
};
