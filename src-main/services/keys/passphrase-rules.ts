/**
 * Which passphrases are refused: the trivially weak, no more. Long enough, not what everybody tries first, not one
 * thing over and over, and typed the same everywhere. A rule of thumb on purpose: the application proposes a code
 * that it made itself, and a person who insists gets a plain reason instead of a score.
 */
import type { PassphraseWeakness } from '#contract/key-codes.ts';
import { COMMON_WORDS } from './common-words.ts';

export const LEAST_CHARACTERS = 12;

/** What must be left of it beyond common words, digits and signs. */
const LEAST_OWN_LETTERS = 6;
const LEAST_DIFFERENT_CHARACTERS = 6;

/** Rows of keyboards and the alphabet; three neighbours in a row of these count as one step. */
const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  'azertyuiop',
];

/** Why it is refused; undefined when it may be used. */
export function judgePassphrase(passphrase: string): PassphraseWeakness | undefined {
  // restic takes white space off the ends of what it reads from a file.
  if (passphrase.trim() !== passphrase) return { kind: 'blankAtEnd' };
  if (/[\p{Cc}\p{Cn}\p{Cs}]/u.test(passphrase)) return { kind: 'unprintable' };
  const letters = Array.from(passphrase);
  if (letters.length < LEAST_CHARACTERS) return { kind: 'tooShort', leastCharacters: LEAST_CHARACTERS };
  const plain = plainLetters(passphrase);
  if (ownLetters(plain, COMMON_WORDS) < LEAST_OWN_LETTERS) return { kind: 'common' };
  const isMonotonous = new Set(letters).size < LEAST_DIFFERENT_CHARACTERS;
  if (isMonotonous || isRepeated(plain) || withoutRuns(plain).length < LEAST_OWN_LETTERS) {
    return { kind: 'repetitive' };
  }
  return undefined;
}

const SIGNS_FOR_LETTERS: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** In lower case, without spaces: `P@ss Word` is what everybody tries as well. */
function plainLetters(passphrase: string): string {
  return passphrase.normalize('NFKC').toLowerCase().replace(/\s/g, '');
}

function ownLetters(plain: string, words: readonly string[]): number {
  const read = plain.replace(/[013457@$!]/g, (sign) => SIGNS_FOR_LETTERS[sign]!);
  // Each way of reading the signs may be the common one.
  return Math.min(...[plain, read].map((text) => lettersBeyond(text, words)));
}

function lettersBeyond(text: string, words: readonly string[]): number {
  let rest = text;
  for (const word of words) rest = rest.replaceAll(word, '');
  return rest.replace(/[^\p{L}]/gu, '').length;
}

/** `abcabcabc`, from the first letter to the last. */
function isRepeated(plain: string): boolean {
  return /^(.{1,8}?)\1+.{0,7}$/su.test(plain) && new Set(plain).size <= 8;
}

function withoutRuns(plain: string): string {
  let rest = '';
  for (let at = 0; at < plain.length; at++) {
    const isInRun = at >= 2 && isNeighbour(plain, at - 2) && isNeighbour(plain, at - 1);
    if (!isInRun) rest += plain[at];
  }
  return rest;
}

/** Whether the letters at `at` and after it are the same or follow each other, up or down. */
function isNeighbour(plain: string, at: number): boolean {
  const pair = plain.slice(at, at + 2);
  const back = pair[1]! + pair[0]!;
  return pair[0] === pair[1] || RUNS.some((run) => run.includes(pair) || run.includes(back));
}
