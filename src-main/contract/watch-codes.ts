/**
 * What the watcher says to window, tray and command line: codes and facts only; the sentences are in `watch-texts.ts`.
 * Codes are API: scripts and tests branch on them.
 */

/** Why everything of a plan is looked at in its next run, once. Hints that were gathered are not believed alone. */
export type DoubtReason =
  /** Nobody watched before. */
  | 'started'
  /** The system dropped notices because too many came at once. */
  | 'eventsLost'
  /** More changed than is worth remembering one by one. */
  | 'tooManyChanges'
  /** The computer slept. */
  | 'woke'
  /** A watched folder is another one now: replaced, mounted or unmounted. */
  | 'folderReplaced'
  | 'folderMissing'
  /** The watching itself ended with an error and began anew. */
  | 'watchFailed';

/** Why a folder cannot be watched: it is looked at whole in every run. */
export type UnwatchedReason =
  /** The system allows no more watches, or no more are taken so that other programs get some. */
  | 'watchLimit'
  /** Others change it without this computer being told. */
  | 'networkFolder'
  /** Its name cannot be handed to the watching part. */
  | 'oddName'
  /** It may not be read, or its disk fails. */
  | 'unreadable'
  /** The watching itself does not work here. */
  | 'failed';

/** Why a run must look at everything. */
export type FullWalkReason = 'neverWalked' | 'daily' | 'clockJumped' | 'doubt';
