/** What a measured passphrase is worth, in words. Pure. */
import type { Speech } from '../../text/use-words.ts';
import type { Measure } from './measure-passphrase.ts';

/**
 * Each guess takes a quarter of a second of one processor (`engine/repository/key-store.ts`): of 10^12 a thousand processors
 * have had half in four years.
 */
const LEAST_GUESSES = 12;
const MANY_GUESSES = 16;

export interface Verdict {
  readonly isGoodEnough: boolean;
  readonly sentence: string;
  /** Of five steps, for the bar. */
  readonly steps: number;
}

export function verdictOn(
  { guesses, isLeaked }: Measure,
  { words: { keys }, formats }: Pick<Speech, 'words' | 'formats'>,
): Verdict {
  const steps = Math.max(1, Math.min(5, Math.floor(guesses / 4)));
  if (isLeaked) return { isGoodEnough: false, sentence: keys.leaked, steps: 1 };
  const told = formats.roughly(10 ** Math.min(Math.floor(guesses), MANY_GUESSES - 1));
  if (guesses < LEAST_GUESSES) return { isGoodEnough: false, sentence: keys.tooEasy(told), steps };
  return guesses < MANY_GUESSES
    ? { isGoodEnough: true, sentence: keys.holds(told), steps }
    : { isGoodEnough: true, sentence: keys.holdsLong(keys.moreThan(told)), steps };
}
