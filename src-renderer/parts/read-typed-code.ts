/** A recovery code while it is typed into a field that may also get a passphrase: what to say, and when it is done. Pure. */
import type { GroupProblem } from '#contract/key-codes.ts';
import { readRecoveryCode } from '#contract/recovery-code.ts';

export type TypedCode =
  | { readonly kind: 'empty' }
  /** May be a passphrase, or a code of which nothing can be said yet. */
  | { readonly kind: 'text' }
  | { readonly kind: 'growing'; readonly rightGroups: number }
  | { readonly kind: 'complete' }
  | { readonly kind: 'wrong'; readonly problem: GroupProblem }
  | { readonly kind: 'tooManyGroups' };

/** How a code begins, as on paper; or one that was typed or pasted without dashes. */
const LIKE_A_CODE = /^\s*[0-9A-Za-z]{5,6}\s*[-–—]|^\s*[0-9A-Za-z]{30,}\s*$/;

export function readTypedCode(typed: string): TypedCode {
  if (typed.trim() === '') return { kind: 'empty' };
  const reading = readRecoveryCode(typed);
  const isCode = LIKE_A_CODE.test(typed) || hasRightStart(typed);
  switch (reading.kind) {
    case 'complete':
      return { kind: 'complete' };
    case 'unfinished':
      return reading.rightGroups > (isCode ? 0 : 1)
        ? { kind: 'growing', rightGroups: reading.rightGroups }
        : { kind: 'text' };
    case 'tooManyGroups':
      return isCode ? { kind: 'tooManyGroups' } : { kind: 'text' };
    case 'wrong': {
      const [problem] = reading.groups;
      return isCode && problem !== undefined ? { kind: 'wrong', problem } : { kind: 'text' };
    }
  }
}

/** The first two groups are right: no passphrase is by chance. */
function hasRightStart(typed: string): boolean {
  const letters = typed.replace(/\s/g, '').slice(0, 10);
  const start = readRecoveryCode(letters);
  return start.kind === 'unfinished' && start.rightGroups === 2;
}
