/**
 * The code that a person keeps on paper and that opens everything: 160 random bits as eight groups of five letters,
 * `K7MNP-4TQXR-...`, the last letter of each group being its check. The printed form, capital letters and dashes
 * included, is exactly the password that restic takes. Owns making and reading a code; what it opens is not its
 * business. Typing is brought towards the printed form, never the other way round.
 */
import { invariant } from '#base/errors.ts';
import { SecretText } from '#base/secret-text.ts';
import type { GroupProblem } from './key-codes.ts';
import { checkValue, isGroupRight } from './group-check.ts';

/** Crockford's: digits and letters without I, L, O (1, 1, 0) and U (V). Five bits each. */
export const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const READ_AS: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1', U: 'V' };

export const GROUP_COUNT = 8;
export const GROUP_LENGTH = 5;
/** Which one is asked for to show that the kit is still at hand. */
export const KIT_GROUP = 5;
const DATA_LENGTH = GROUP_LENGTH - 1;
const CODE_LENGTH = GROUP_COUNT * GROUP_LENGTH;

/** What somebody has typed so far. */
export type CodeReading =
  | { readonly kind: 'complete'; readonly code: SecretText }
  /** Nothing wrong so far; `rightGroups` are done. */
  | { readonly kind: 'unfinished'; readonly rightGroups: number }
  /** In order; never empty. */
  | { readonly kind: 'wrong'; readonly groups: readonly GroupProblem[] }
  | { readonly kind: 'tooManyGroups' };

/** A new code. @param randomBytes as many as asked for, unpredictable */
export function makeRecoveryCode(randomBytes: (length: number) => Uint8Array): SecretText {
  const bytes = randomBytes(GROUP_COUNT * DATA_LENGTH);
  invariant(bytes.length === GROUP_COUNT * DATA_LENGTH, 'too little chance for a recovery code');
  const groups = Array.from({ length: GROUP_COUNT }, (_, at) => {
    // 32 divides 256, so every letter is equally likely.
    const values = [...bytes.subarray(at * DATA_LENGTH, (at + 1) * DATA_LENGTH)].map((byte) => byte % 32);
    return [...values, checkValue(values, at + 1)].map((value) => CODE_ALPHABET[value]!).join('');
  });
  return new SecretText(groups.join('-'));
}

/**
 * Reads what was typed, finished or not: any case, any dashes and spaces or none, O for 0, I and L for 1, U for V.
 * The last group counts as unfinished while it is too short and everything before it fills its place.
 */
export function readRecoveryCode(typed: string): CodeReading {
  const groups = splitGroups(typed);
  if (groups.length > GROUP_COUNT) return { kind: 'tooManyGroups' };
  const problems = groups.flatMap((group, at) => problemOf(group, at + 1, at === groups.length - 1));
  if (problems.length > 0) return { kind: 'wrong', groups: problems };
  const rightGroups = groups.filter((group) => group.length === GROUP_LENGTH).length;
  if (rightGroups < GROUP_COUNT) return { kind: 'unfinished', rightGroups };
  return { kind: 'complete', code: new SecretText(groups.join('-')) };
}

/** One group typed by itself, as proof that the paper is at hand: in the printed form, or what is wrong with it. */
export function readRecoveryGroup(typed: string, number: number): SecretText | GroupProblem {
  const group = printedForm(typed).replace(SEPARATORS, '');
  const [problem] = problemOf(group, number, false);
  return problem ?? new SecretText(group);
}

/** The groups of a code in its printed form. */
export function groupsOf(code: SecretText): readonly SecretText[] {
  return code
    .reveal()
    .split('-')
    .map((group) => new SecretText(group));
}

/** Everything that people put between groups: spaces, every kind of dash, dots and the like. */
const SEPARATORS = /[\s\p{Pd}\p{Cf}\u2212_.,:;/|]+/gu;

/** Full-width and other forms of the same letters become the plain ones. */
function printedForm(typed: string): string {
  const capitals = typed.normalize('NFKC').toUpperCase();
  return capitals.replace(/[OILU]/g, (letter) => READ_AS[letter]!);
}

/**
 * In places of five when the letters fill them all, or when nothing separates them; otherwise as the person has
 * separated them, so that a group with a letter too many or too few is named and not all those after it.
 */
function splitGroups(typed: string): string[] {
  const parts = printedForm(typed)
    .split(SEPARATORS)
    .filter((part) => part !== '');
  const letters = Array.from(parts.join(''));
  const isSeparated = parts.length > 1 && parts.every((part) => part.length <= GROUP_LENGTH + 1);
  if (isSeparated && letters.length !== CODE_LENGTH) return parts;
  return Array.from({ length: Math.ceil(letters.length / GROUP_LENGTH) }, (_, at) =>
    letters.slice(at * GROUP_LENGTH, (at + 1) * GROUP_LENGTH).join(''),
  );
}

function problemOf(group: string, number: number, mayGrow: boolean): GroupProblem[] {
  const letters = Array.from(group);
  const foreign = letters.find((letter) => !CODE_ALPHABET.includes(letter));
  if (foreign !== undefined) return [{ number, kind: 'foreignCharacter', character: foreign }];
  if (letters.length > GROUP_LENGTH) return [{ number, kind: 'tooLong' }];
  if (letters.length < GROUP_LENGTH) return mayGrow ? [] : [{ number, kind: 'tooShort' }];
  const values = letters.map((letter) => CODE_ALPHABET.indexOf(letter));
  return isGroupRight(values, number) ? [] : [{ number, kind: 'mistyped' }];
}
