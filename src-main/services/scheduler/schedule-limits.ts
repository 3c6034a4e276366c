/** The scheduler's numbers in one place, with their reasons. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Below it the walk through the folders would not end before the next one begins; the watcher is for shorter times. */
export const MIN_MAX_AGE_MS = 5 * MINUTE_MS;

/** So often everything is judged anew even if no event told of a change: events get lost. */
export const MAX_LOOK_MS = 15 * MINUTE_MS;

/** What network time sets a clock back by. A run or failure that lies further ahead of now is not believed. */
export const AHEAD_TOLERANCE_MS = 5 * MINUTE_MS;

/** A run that starts within it is on time: the timer looks in slices of 15 s, the queue may hold another run. */
export const ON_TIME_MS = 2 * MINUTE_MS;

/** After the first, second ... failure in a row; then the last one for ever. A schedule is never given up. */
export const RETRY_DELAYS_MS = [1, 2, 5, 10, 20, 30, 60].map((minutes) => minutes * MINUTE_MS);

/** Where only the person can help (password, rights) trying often locks accounts. Source: product notes, C9. */
export const PATIENT_RETRY_DELAYS_MS = [1, 2, 4, 6].map((hours) => hours * HOUR_MS);

/**
 * A cancelled run counts as the day's decision: it comes again when it would have, at the latest after a day.
 */
export const CANCEL_REST_MS = DAY_MS;

/**
 * Tries to reach a place after it was lost from sight or the machine woke, counted from then; afterwards every
 * PROBE_EVERY_MS. Networks take seconds to minutes to come. Source: product notes, B2.
 */
export const PROBE_AFTER_MS = [0, 5, 15, 35, 75, 155, 315].map((seconds) => seconds * SECOND_MS);
export const PROBE_EVERY_MS = 5 * MINUTE_MS;
