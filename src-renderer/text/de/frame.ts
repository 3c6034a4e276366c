import type { frame as english } from '../en/frame.ts';
import type { Translated } from '../translated.ts';

export const frame: Translated<typeof english> = {
  navigation: 'Hauptbereich',
  overview: 'Übersicht',
  timeline: 'Zeitleiste',
  folders: 'Geschützte Ordner',
  places: 'Sicherungsorte',
  activity: 'Verlauf',
  settings: 'Einstellungen',
  backUpNow: 'Jetzt sichern',
  isBackingUp: 'Sicherung läuft',
  lostTitle: 'Die Verbindung zu Tidemark ist weg.',
  lostBody: 'Was gesichert wurde, ist sicher. Sicherungen laufen von selbst weiter, sobald Tidemark läuft.',
  connectAgain: 'Neu verbinden',
  brokenTitle: 'Diese Seite lässt sich nicht anzeigen.',
  brokenBody:
    'Das ist ein Fehler in Tidemark. Sicherungen laufen weiter, und was gesichert wurde, ist sicher.',
  loadAgain: 'Neu laden',
  noPage: 'Diese Seite gibt es nicht.',
  toOverview: 'Zur Übersicht',
  loading: 'Wird geladen',
  showTyped: 'Eingabe zeigen',
  close: 'Schließen',
  unknownFault: 'Das hat nicht geklappt; den Grund kennt Tidemark nicht.',
  unreadableName: '(unlesbarer Name)',
  dropped: 'Loslassen zeigt die früheren Versionen',
  droppedInBrowser: 'Ein Browser sagt nicht, wo eine Datei liegt. Stattdessen nach ihrem Namen suchen.',
};
