import type { ShellTable } from '../text-tables.ts';

export const shell: ShellTable = {
  open: 'Tidemark öffnen',
  restore: 'Etwas zurückholen …',
  quit: 'Tidemark beenden',
  backUpNow: 'Jetzt sichern',
  backUpOne: 'Einen davon sichern',
  backingUp: (plan) => (plan === undefined ? 'Sicherung läuft' : `Sicherung von „${plan}“ läuft`),
  pause: 'Pause',
  pauseHour: 'Für 1 Stunde',
  pauseUntil: (until) => `Bis ${until}`,
  pausedUntil: (until) => `Pause bis ${until}`,
  goOn: 'Mit Sicherungen weitermachen',
  staysTitle: 'Tidemark läuft im Hintergrund weiter.',
  staysBody:
    'Die Ordner bleiben geschützt. Das Fenster öffnet sich über das Zeichen neben der Uhr oder bei einem neuen Start.',
  chooseFolder: 'Ordner wählen',
  cannotStart: 'Tidemark kann nicht starten',
  brokenInside:
    'In Tidemark ist etwas schiefgegangen. Was zuvor gesichert wurde, ist sicher. Am besten noch einmal starten; wenn das nicht hilft, den Fehler melden.',
};
