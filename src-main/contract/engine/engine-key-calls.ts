/** What the core asks of its engine process about the keys of a place. */
import type { CallTable } from '#contract/calls/call-table.ts';
import type { KeyKind } from '#contract/key-codes.ts';
import type { KeyCopy, PlaceAccess } from './engine-values.ts';
import { of } from './trusted-shape.ts';

export interface PlaceKeyValue {
  readonly id: string;
  readonly kind: KeyKind;
  readonly hostname: string;
  /** Null where the file is damaged. */
  readonly madeAtMs: number | null;
  /** It has opened the place now. */
  readonly isCurrent: boolean;
  readonly isDamaged: boolean;
  readonly stays: 'keyInUse' | 'lastRecoveryKey' | null;
}

/** A key file as it will be stored, sealed, in base64. */
export interface OwedKey {
  readonly id: string;
  readonly bytes: string;
}

/** What is still to be done at a place that was away. */
export interface OwedChanges {
  readonly add: readonly OwedKey[];
  readonly withdraw: readonly string[];
}

/** What decides which key may be withdrawn; see `services/keys/withdrawal-rule.ts`. */
export interface KeyFacts {
  readonly access: PlaceAccess;
  /** What it had when it was last seen; null: nothing is known. */
  readonly copy: KeyCopy | null;
  readonly isRecoveryProven: boolean;
  readonly ownKeyId: string | null;
}

export const engineKeyCalls = {
  /** Of the place, else of the copy. Null: neither. `isAway`: known, so nobody waits for it. */
  'place.keys': {
    kind: 'query',
    input: of<KeyFacts & { isAway: boolean }>(),
    output: of<{ isThere: boolean; keys: readonly PlaceKeyValue[] } | null>(),
  },
  /**
   * `owed`: the place is away, and the key is to be brought there by `place.settleKeys`; null: it opens it now. `older`: other
   * passphrases, where the new key is one.
   */
  'place.addKey': {
    kind: 'command',
    input: of<KeyFacts & { kind: 'helper' | 'passphrase'; secret: string }>(),
    output: of<{ keyId: string; owed: OwedKey | null; older: readonly string[] }>(),
  },
  /** `isOwed`: the place is away or busy, and it is to be withdrawn by `place.settleKeys`. `isCode`: it was a recovery code. */
  'place.withdrawKey': {
    kind: 'command',
    input: of<KeyFacts & { keyId: string }>(),
    output: of<{ isOwed: boolean; isCode: boolean }>(),
  },
  /** @returns what could not be done now */
  'place.settleKeys': {
    kind: 'command',
    input: of<KeyFacts & { owed: OwedChanges }>(),
    output: of<OwedChanges>(),
  },
} as const satisfies CallTable;
