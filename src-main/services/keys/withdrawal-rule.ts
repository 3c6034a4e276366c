/**
 * Which key of a place may be withdrawn. Pure. Never the one that opens the place here, never the last that a person
 * keeps, and never the last way in that somebody was seen to have: the proven recovery code, or the passphrase, which is
 * typed when it is set. A helper code lies with somebody else, and nobody has shown that it is still there.
 */
import type { PlaceKey } from './key-kinds.ts';
import { isKeptByPerson } from './key-kinds.ts';

export type WithdrawalRefusal = 'keyInUse' | 'lastRecoveryKey';

export interface WithdrawalFacts {
  /** The newest recovery code was typed and opened the place. */
  readonly isRecoveryProven: boolean;
  /** The one that this computer remembers. */
  readonly ownKeyId?: string | null;
}

/** Undefined: it may go. A key that the place does not have may go as well. */
export function refusesWithdrawal(
  keys: readonly PlaceKey[],
  keyId: string,
  { isRecoveryProven, ownKeyId }: WithdrawalFacts,
): WithdrawalRefusal | undefined {
  const key = keys.find(({ id }) => id === keyId);
  if (key === undefined) return undefined;
  if (key.isCurrent || (key.kind === 'machine' && key.id === ownKeyId)) return 'keyInUse';
  if (key.isDamaged) return undefined;
  const left = keys.filter((each) => each.id !== keyId && isKeptByPerson(each));
  if (left.length === 0) return 'lastRecoveryKey';
  // Lies in a computer, or with somebody else.
  if (key.kind === 'machine' || key.kind === 'helper') return undefined;
  const newestCode = newest(keys.filter(({ kind, isDamaged }) => kind === 'recovery' && !isDamaged));
  const isProvenLeft = left.some(
    ({ id, kind }) => kind === 'passphrase' || (isRecoveryProven && id === newestCode?.id),
  );
  return isProvenLeft ? undefined : 'lastRecoveryKey';
}

function newest(codes: readonly PlaceKey[]): PlaceKey | undefined {
  return codes.toSorted((a, b) => Date.parse(b.created) - Date.parse(a.created))[0];
}
