/** Names of the files in a profile's folder. */

/** The state in force. Absent only before the first save. */
export const STATE_FILE = 'state.db';
/** What STATE_FILE was before the last save. */
export const LAST_GOOD_FILE = 'state.last-good.db';
/** A save under way, or what a killed one left behind; never read. */
export const UNFINISHED_FILE = 'state.unfinished';
