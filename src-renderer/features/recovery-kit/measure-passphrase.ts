/**
 * How many guesses a passphrase takes, and whether it is on the lists of leaked ones. The lists are larger than the rest of
 * the window's page together: this is loaded when somebody types a passphrase, and nothing is asked of anybody. The engine has a
 * shorter rule of its own (`services/keys/passphrase-rules.ts`), which holds for whoever sets one.
 */
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as german from '@zxcvbn-ts/language-de';
import * as english from '@zxcvbn-ts/language-en';

export interface Measure {
  /** Decimal logarithm. */
  readonly guesses: number;
  readonly isLeaked: boolean;
}

/** What is longer is told by its beginning: more letters make nothing easier to guess. */
const LONGEST_MEASURED = 128;

const LEAKED = 'passwords';

let factory: ZxcvbnFactory | undefined;

export function measurePassphrase(passphrase: string): Measure {
  factory ??= new ZxcvbnFactory({
    dictionary: {
      ...common.dictionary,
      ...english.dictionary,
      // The German lists have the names of the English ones in this release.
      ...Object.fromEntries(Object.entries(german.dictionary).map(([name, list]) => [`${name}-de`, list])),
    },
    graphs: common.adjacencyGraphs,
  });
  const { guessesLog10, sequence } = factory.check(passphrase.slice(0, LONGEST_MEASURED));
  const [whole, ...more] = sequence;
  const isLeaked = more.length === 0 && String(whole?.dictionaryName ?? '').startsWith(LEAKED);
  return { guesses: guessesLog10, isLeaked };
}
