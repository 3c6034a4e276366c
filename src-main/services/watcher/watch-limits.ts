/** The watcher's numbers in one place, with their reasons. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** A run is asked for when nothing has changed for so long: most programs have written all parts of a file by then. */
export const QUIET_MS = 20 * SECOND_MS;

/** A run is asked for so long after the first change, however much goes on changing. */
export const MAX_DELAY_MS = 5 * MINUTE_MS;

/** So many runs an hour may follow each other at once; after them each waits for `CAPPED_GAP_MS`. */
export const FREE_RUNS_PER_HOUR = 4;

/** From start to start once the free runs are used: at most 12 an hour under steady change. */
export const CAPPED_GAP_MS = 5 * MINUTE_MS;

/** After a run the machine rests from backups for so many times as long as the run took, up to `MAX_REST_MS`. */
export const REST_FACTOR = 3;
export const MAX_REST_MS = 5 * MINUTE_MS;

/** Whoever was asked for a run and did not make it is asked again after it: questions get lost. */
export const ASK_AGAIN_MS = 15 * MINUTE_MS;

/** Clocks and folders are looked at so often. The machine slept when the wall clock is this much ahead of the timer. */
export const LOOK_MS = 30 * SECOND_MS;
export const SLEPT_MS = 20 * SECOND_MS;

/** A full walk proves the hints so often. Source: issue 4, "Watcher". */
export const FULL_WALK_MS = 24 * 60 * MINUTE_MS;

/** Names remembered of one folder; beyond it the folder is listed, which costs about as much. */
export const MAX_NAMES_PER_FOLDER = 256;
/** Names remembered in all; beyond it all folders are listed instead. About 3 MB. */
export const MAX_NAMES = 20_000;
/** Folders remembered; beyond it everything is walked, which costs hardly more. */
export const MAX_FOLDERS = 4_096;

/** Of the watches that the system allows one user: other programs of the same person need some, too. */
export const SHARE_OF_WATCHES = 0.75;

/**
 * The kernel keeps so many notices and drops the rest, and Node passes that over in silence. All that are kept are read in one
 * go: so a share of that many in one go means that some may have been dropped.
 */
export const QUEUE_SHARE_IN_DOUBT = 0.25;

/** A watching thread that died is started again after it, then after twice as long, and so on. */
export const RESTART_MS = 10 * SECOND_MS;
export const MAX_RESTART_MS = 60 * MINUTE_MS;

/** News is gathered for so long, or until there is so much: crossing threads costs more than the news. */
export const GATHER_MS = 100;
export const GATHER_MAX = 2_000;
