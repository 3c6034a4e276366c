/** Parts of German sentences that errors share; what the core calls things and deeds. */
import { short } from '../text-parts.ts';

export const NOTHING_CHANGED = 'Nichts wurde verändert.';
export const SAVED_IS_SAFE = 'Was zuvor gesichert wurde, ist sicher.';
export const NOTHING_SAVED = `Dieses Mal wurde nichts gesichert. ${SAVED_IS_SAFE}`;
export const NOTHING_WRONG_TAKEN = 'Nichts Falsches wurde daraus übernommen.';
export const OTHER_FILES_FINE = 'Andere Dateien sind nicht betroffen.';
export const VERIFY =
  '„Alles prüfen“ wählen, um zu sehen, was betroffen ist, und bis dahin Kopien dieses Orts aufheben.';

/** What the core calls things, as people may read it; what is not here is told as it came. */
const NAMES: Readonly<Record<string, string>> = {
  snapshot: 'Version',
  key: 'Schlüssel',
  index: 'Verzeichnis',
  lock: 'Sperre',
  pack: 'Datenpaket',
  config: 'Einstellungen',
  data: 'Daten',
  blob: 'Datenstück',
  tree: 'Ordner',
  'lost tree': 'verlorener Ordner',
  series: 'Reihe von Versionen',
  plan: 'Plan',
  'backup place': 'Sicherungsort',
  'copy of its keys': 'Kopie der Schlüssel',
  'copy of settings': 'Kopie der Einstellungen',
  'saved settings': 'gesicherte Einstellungen',
  'waiting or running job': 'laufender Auftrag',
};

const DEEDS: Readonly<Record<string, string>> = {
  connect: 'beim Verbinden',
  create: 'beim Anlegen',
  freeSpaceBytes: 'beim Messen des freien Platzes',
  list: 'beim Auflisten',
  load: 'beim Lesen',
  open: 'beim Öffnen',
  remove: 'beim Entfernen',
  save: 'beim Schreiben',
  stat: 'beim Nachsehen',
};

export function named(kind: string): string {
  return NAMES[kind] ?? kind;
}

export function doing(operation: string): string {
  return DEEDS[operation] ?? operation;
}

const MOST_NAMED = 5;

export function versions(ids: readonly string[]): string {
  if (ids.length === 0) return 'einige Versionen';
  const more = ids.length > MOST_NAMED ? ` und ${ids.length - MOST_NAMED} weitere` : '';
  return `${ids.length === 1 ? 'die Version' : 'die Versionen'} ${ids.slice(0, MOST_NAMED).map(short).join(', ')}${more}`;
}

export function listPaths(paths: readonly string[], count: number): string {
  if (paths.length === 0) return '';
  const more = count > paths.length ? ` und ${count - paths.length} weitere` : '';
  return ` (${paths.join(', ')}${more})`;
}
