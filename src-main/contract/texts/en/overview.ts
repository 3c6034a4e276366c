import type { OverviewTable } from '../text-tables.ts';

export const overview: OverviewTable = {
  noFolder: 'No folder is protected yet.',
  verdicts: {
    protected: 'Everything is safe.',
    protectedExcept: 'Everything is safe, with exceptions.',
    cannotTell: 'Tidemark cannot tell whether everything is safe.',
    late: 'Backups are late.',
    inDanger: 'Something is in danger.',
  },
  notEverywhere: 'Everything is safe, but not in every place.',
  notEveryPlace: 'Safe, not in every place',
  newest: (past, placeCount, placesInAll) => {
    const all = placesInAll === 1 ? '1 place' : `${placesInAll} places`;
    return `The newest version is from ${past}, in ${placeCount < placesInAll ? `${placeCount} of ${all}` : all}.`;
  },
  noBackup: 'No backup yet',
  lastBackup: (past) => `Last backup: ${past}`,
  nothingPlanned: 'No backup is planned',
  nextBackup: (when) => `Next backup: ${when}`,
  quoted: (name) => name,
  allPlans: 'Your folders',
  allPlaces: 'your backup places',
};
