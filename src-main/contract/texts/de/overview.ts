import type { OverviewTable } from '../text-tables.ts';

export const overview: OverviewTable = {
  noFolder: 'Noch ist kein Ordner geschützt.',
  verdicts: {
    protected: 'Alles ist in Sicherheit.',
    protectedExcept: 'Alles ist in Sicherheit, mit Ausnahmen.',
    cannotTell: 'Tidemark weiß nicht, ob alles in Sicherheit ist.',
    late: 'Sicherungen sind überfällig.',
    inDanger: 'Etwas ist in Gefahr.',
  },
  notEverywhere: 'Alles ist in Sicherheit, aber nicht an jedem Ort.',
  notEveryPlace: 'Sicher, nicht an jedem Ort',
  newest: (past, placeCount, placesInAll) => {
    const all = placesInAll === 1 ? 'einem Ort' : `${placesInAll} Orten`;
    return `Die neueste Version entstand ${past} und liegt an ${placeCount < placesInAll ? `${placeCount} von ${all}` : all}.`;
  },
  noBackup: 'Noch keine Sicherung',
  lastBackup: (past) => `Letzte Sicherung: ${past}`,
  nothingPlanned: 'Keine Sicherung geplant',
  nextBackup: (when) => `Nächste Sicherung: ${when}`,
  quoted: (name) => `„${name}“`,
  // After "von", "in" and "zu": the sentences have names in no other case.
  allPlans: 'allen Ordnern',
  allPlaces: 'allen Sicherungsorten',
};
