/** Names of long actions. A plan or place that is gone leaves its part out. */
const to = (place: string): string => (place === '' ? '' : ` to ${place}`);
const on = (place: string): string => (place === '' ? '' : ` in ${place}`);

export const jobs = {
  working: 'Working',
  otherKind: 'Something else',
  running: {
    backup: (plan: string, place: string) => `Backing up ${plan}${to(place)}`,
    restore: (_plan: string, place: string) => `Putting files back from ${place || 'a place'}`,
    export: (_plan: string, _place: string) => 'Making a zip file',
    label: (_plan: string, place: string) => `Marking a version${on(place)}`,
    erase: (_plan: string, place: string) => `Erasing from history${on(place)}`,
    undo: (_plan: string, _place: string) => 'Taking back what was put back',
    verify: (_plan: string, place: string) => `Verifying ${place || 'a place'}`,
    thinOut: (plan: string, place: string) => `Thinning out old versions of ${plan}${on(place)}`,
    cleanUp: (_plan: string, place: string) => `Giving back room${on(place)}`,
    saveSettings: (_plan: string, place: string) => `Saving your settings${to(place)}`,
    readHistory: (_plan: string, place: string) => `Reading the history of ${place || 'a place'}`,
  },
  kinds: {
    backup: (plan: string, place: string) => `Backup of ${plan || 'folders'}${to(place)}`,
    restore: (_plan: string, place: string) => `Putting back from ${place || 'a place'}`,
    export: (_plan: string, _place: string) => 'Zip file',
    label: (_plan: string, place: string) => `Version marked${on(place)}`,
    erase: (_plan: string, place: string) => `Erased from history${on(place)}`,
    undo: (_plan: string, _place: string) => 'Putting back taken back',
    verify: (_plan: string, place: string) => `Verification of ${place || 'a place'}`,
    thinOut: (plan: string, place: string) => `Old versions of ${plan || 'folders'} thinned out${on(place)}`,
    cleanUp: (_plan: string, place: string) => `Room given back${on(place)}`,
    saveSettings: (_plan: string, place: string) => `Settings saved${to(place)}`,
    readHistory: (_plan: string, place: string) => `History of ${place || 'a place'} read`,
  },
  kindFilter: {
    backup: 'Backups',
    restore: 'Putting back',
    export: 'Zip files',
    label: 'Marks',
    erase: 'Erasing',
    undo: 'Taking back',
    verify: 'Verification',
    thinOut: 'Thinning out',
    cleanUp: 'Giving back room',
    saveSettings: 'Settings',
    readHistory: 'Reading history',
  },
};
