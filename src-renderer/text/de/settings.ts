import type { settings as english } from '../en/settings.ts';
import type { Translated } from '../translated.ts';

export const settings: Translated<typeof english> = {
  title: 'Einstellungen',
  look: 'Aussehen',
  language: 'Sprache',
  languages: { system: 'Wie der Computer', en: 'English', de: 'Deutsch' },
  theme: 'Hell oder dunkel',
  themes: { system: 'Wie der Computer', light: 'Hell', dark: 'Dunkel' },
  accent: 'Akzentfarbe',
  accents: { tidemark: 'Tidemark', system: 'Wie der Computer' },
  rows: 'Zeilen in Listen',
  rowHeights: { comfortable: 'Bequem', compact: 'Dicht' },
  showDeleted: 'Gelöschtes in der Zeitleiste zeigen',
  showDeletedNote: 'An seinem Platz zwischen den anderen, in blasserer Schrift.',
  band: 'Zeitband',
  bands: { top: 'Oben', bottom: 'Unten' },

  running: 'Betrieb',
  autostart: 'Mit dem Computer starten',
  autostartNote: 'Ohne das entstehen Versionen nur, solange jemand Tidemark gestartet hat.',
  pause: 'Alles pausieren',
  pauseNote: 'Bis dahin wird nichts von selbst gesichert. Was gesichert wurde, bleibt.',
  pauseHour: 'Für 1 Stunde',
  pauseTomorrow: 'Bis morgen, 06:00',
  pausedUntil: (until) => `Pause bis ${until}`,
  goOn: 'Weitermachen',

  about: 'Über Tidemark',
  version: 'Version',
  host: 'Läuft als',
  hosts: { electron: 'Programm', browser: 'Browser-Modus', commandLine: 'Befehlszeile' },
  computer: 'Dieser Computer',
  profile: 'Pläne und Einstellungen liegen in',
  format: 'Die Kopien',
  formatBody:
    'Gewöhnliche restic-Repositorys: das Programm restic öffnet sie auch ohne Tidemark, mit demselben Wiederherstellungscode.',
  licences: 'Lizenzen',
  licencesNote: 'Tidemark ist mit freier Software anderer gebaut. Danke.',
  licencesShow: 'Zeigen',
  licencesHide: 'Verbergen',
};
