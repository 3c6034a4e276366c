/** What a place holds, as charts. */
export const space = {
  byFolder: 'Largest folders',
  overTime: 'Added over time',
  stored: (stored: string) => `${stored} stored`,
  free: (free: string) => `${free} free`,
  unknown: 'The place does not say while it is not connected.',
  noFolders: 'Sizes of folders come with the first version.',
  noPoints: 'A line over time comes with the second version.',
  others: 'Others',
  tableTime: 'Version',
  tableAdded: 'Added',
  tableTotal: 'Together',
  tableFolder: 'Folder',
  tableSize: 'Size',
  chart: (from: string, to: string, total: string) => `From ${from} to ${to}, ${total} were added together`,
};
