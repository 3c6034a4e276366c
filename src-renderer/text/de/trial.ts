import type { trial as english } from '../en/trial.ts';
import type { Translated } from '../translated.ts';

export const trial: Translated<typeof english> = {
  title: 'Zur Probe etwas zurückholen',
  lead: 'Eine deiner Dateien kommt als Kopie aus ihrer neuesten Version, in einen eigenen Ordner. Keine deiner Dateien ändert sich.',
  looking: 'Eine Datei wird gesucht, die du kennst',
  chosen: (file, folder) => `${file} aus ${folder}`,
  goesTo: (folder) => `Die Kopie kommt nach ${folder}.`,
  begin: (file) => `Kopie von ${file} holen`,
  other: 'Selbst eine wählen',
  underWay: 'Sie wird zurückgeholt und mit dem Gesicherten verglichen',
  done: (file, seconds, isOne) =>
    `${file} ist zurück und geprüft. Das hat ${seconds} ${isOne ? 'Sekunde' : 'Sekunden'} gedauert.`,
  doneBody: (folder) =>
    `Die Kopie liegt in ${folder}. Im Ernstfall geht es genauso: in der Zeitleiste suchen und „Zurückholen“ wählen.`,
  failed: 'Es ist nicht gelungen. Gut, das jetzt zu wissen: Sieh dir den Grund an.',
  see: 'Grund ansehen',
  takeAway: 'Kopie wieder entfernen',
  takenAway: 'Die Kopie ist wieder weg. Alles ist, wie es war.',
  toHistory: 'In der Zeitleiste umsehen',
  toOverview: 'Fertig',
  nothing: 'Noch gibt es keine Datei für die Probe',
  nothingYet: 'Komm nach der nächsten Sicherung wieder, wenn ihr Sicherungsort verbunden ist.',
  folder: 'Tidemark-Probe',
};
