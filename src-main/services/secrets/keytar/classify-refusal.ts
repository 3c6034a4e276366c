/**
 * Why a keychain refused, from the only thing keytar gives: a message, partly of the system and perhaps translated.
 * Nothing depends on the answer but the sentence a person reads; so a guess by the words that stay the same in every
 * language is good enough here, and `refused` is right where no word fits.
 */
import type { KeychainRefusal } from '#contract/key-codes.ts';

/** The first that fits counts. The words are those of gnome-keyring, libsecret, GLib, dbus and macOS. */
const SIGNS: readonly (readonly [RegExp, KeychainRefusal])[] = [
  [/locked|dismissed|interaction is not allowed|user canceled/i, 'locked'],
  [/\/org\/freedesktop\/secrets\/(collection|aliases)/, 'notSetUp'],
  [/not supported|NotSupported|not implemented/i, 'notSupported'],
  [/time[d ]?.?out|NoReply/i, 'timedOut'],
  [/org\.freedesktop\.|d-?bus|autolaunch|message bus|connection is closed/i, 'noService'],
];

export function classifyRefusal(error: unknown): KeychainRefusal {
  const message = error instanceof Error ? error.message : String(error);
  return SIGNS.find(([sign]) => sign.test(message))?.[1] ?? 'refused';
}
