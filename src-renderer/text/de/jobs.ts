import type { jobs as english } from '../en/jobs.ts';
import type { Translated } from '../translated.ts';

const to = (place: string): string => (place === '' ? '' : ` nach „${place}“`);
const on = (place: string): string => (place === '' ? '' : ` in „${place}“`);
const of = (plan: string): string => (plan === '' ? '' : ` von „${plan}“`);
const from = (place: string): string => (place === '' ? '' : ` aus „${place}“`);

export const jobs: Translated<typeof english> = {
  working: 'In Arbeit',
  otherKind: 'Etwas anderes',
  running: {
    backup: (plan, place) => `Sicherung${of(plan)}${to(place)} läuft`,
    restore: (_plan, place) => `Dateien werden${from(place)} zurückgeholt`,
    export: () => 'Eine Zip-Datei entsteht',
    handOut: (_plan, place) => `Dateien werden${from(place)} bereitgelegt`,
    label: (_plan, place) => `Eine Version${on(place)} wird markiert`,
    erase: (_plan, place) => `Löschen aus der Geschichte${on(place)}`,
    undo: () => 'Das Zurückholen wird rückgängig gemacht',
    verify: (_plan, place) => `Prüfung${of(place)} läuft`,
    mend: (_plan, place) => `Reparatur${of(place)} läuft`,
    thinOut: (plan, place) => `Alte Versionen${of(plan)}${on(place)} werden ausgedünnt`,
    cleanUp: (_plan, place) => `Platz${on(place)} wird freigegeben`,
    saveSettings: (_plan, place) => `Einstellungen werden${to(place)} gesichert`,
    readHistory: (_plan, place) => `Die Geschichte${of(place)} wird gelesen`,
  },
  kinds: {
    backup: (plan, place) => `Sicherung${of(plan)}${to(place)}`,
    restore: (_plan, place) => `Zurückholen${from(place)}`,
    export: () => 'Zip-Datei',
    handOut: (_plan, place) => `Dateien${from(place)} herausgegeben`,
    label: (_plan, place) => `Version${on(place)} markiert`,
    erase: (_plan, place) => `Aus der Geschichte${on(place)} gelöscht`,
    undo: () => 'Zurückholen rückgängig gemacht',
    verify: (_plan, place) => `Prüfung${of(place)}`,
    mend: (_plan, place) => `Reparatur${of(place)}`,
    thinOut: (plan, place) => `Alte Versionen${of(plan)}${on(place)} ausgedünnt`,
    cleanUp: (_plan, place) => `Platz${on(place)} freigegeben`,
    saveSettings: (_plan, place) => `Einstellungen${to(place)} gesichert`,
    readHistory: (_plan, place) => `Geschichte${of(place)} gelesen`,
  },
  kindFilter: {
    backup: 'Sicherungen',
    restore: 'Zurückholen',
    export: 'Zip-Dateien',
    handOut: 'Herausgegeben',
    label: 'Markierungen',
    erase: 'Löschen',
    undo: 'Rückgängig',
    verify: 'Prüfungen',
    mend: 'Reparaturen',
    thinOut: 'Ausdünnen',
    cleanUp: 'Platz freigeben',
    saveSettings: 'Einstellungen',
    readHistory: 'Geschichte lesen',
  },
};
