/** Which groups are asked for, and what is wrong with one that was typed. Pure but for the chance handed in. */
import type { SecretText } from '#base/secret-text.ts';
import type { GroupProblem } from '#contract/key-codes.ts';
import { GROUP_COUNT, GROUP_LENGTH, groupsOf, readRecoveryGroup } from '#contract/recovery-code.ts';

export type TypedGroup =
  | { readonly kind: 'growing' }
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly problem: GroupProblem }
  /** Well typed, and of another code. */
  | { readonly kind: 'otherKit' };

/** Two different ones, in order, from 1. @param chance two numbers from 0 up to 1 */
export function chooseGroups(chance: readonly [number, number]): readonly [number, number] {
  const one = Math.floor(chance[0] * GROUP_COUNT);
  const step = 1 + Math.floor(chance[1] * (GROUP_COUNT - 1));
  const other = (one + step) % GROUP_COUNT;
  return one < other ? [one + 1, other + 1] : [other + 1, one + 1];
}

/** @param isLeft the person has gone on: what is too short is said only then */
export function readTypedGroup(typed: string, number: number, code: SecretText, isLeft: boolean): TypedGroup {
  const read = readRecoveryGroup(typed, number);
  if ('kind' in read)
    return isStillTyped(read, typed, isLeft) ? { kind: 'growing' } : { kind: 'wrong', problem: read };
  return groupsOf(code)[number - 1]?.equals(read) === true ? { kind: 'right' } : { kind: 'otherKit' };
}

function isStillTyped({ kind }: GroupProblem, typed: string, isLeft: boolean): boolean {
  return kind === 'tooShort' && (!isLeft || typed.trim() === '');
}

/** As far as it can be told without the code: by its own check. */
export type LoneGroup =
  Extract<TypedGroup, { kind: 'growing' | 'wrong' }> | { readonly kind: 'right'; readonly text: string };

export function readLoneGroup(typed: string, number: number, isLeft: boolean): LoneGroup {
  const read = readRecoveryGroup(typed, number);
  if (!('kind' in read)) return { kind: 'right', text: read.reveal() };
  return isStillTyped(read, typed, isLeft) ? { kind: 'growing' } : { kind: 'wrong', problem: read };
}

/** With room for what people put between letters. */
export const LONGEST_TYPED_GROUP = GROUP_LENGTH + 3;
