/**
 * Who can open the copies: all keys of all places, helper codes, the person's own passphrase, and withdrawing. A code or
 * passphrase is to open every place; one that is away gets it, or loses it, when it is there again.
 */
import { z } from 'zod';
import type { CallTable } from '#contract/calls/call-table.ts';
import type { KeyKind } from '#contract/key-codes.ts';
import { placeId, timeMs, wireError } from './values.ts';

const KEY_KINDS = [
  'machine',
  'recovery',
  'helper',
  'passphrase',
  'foreign',
] as const satisfies readonly KeyKind[];

/** `owed`: done when the place is there again, or free. */
const keyOutcome = z.strictObject({
  placeId,
  state: z.enum(['done', 'owed', 'refused']),
  /** Why it was refused; null otherwise. */
  error: wireError.nullable(),
});

const keyInPlace = z.strictObject({
  placeId,
  keyId: z.string(),
  state: z.enum(['opens', 'willOpen', 'willBeWithdrawn', 'damaged']),
  /** Why it may not be withdrawn now; null: it may. */
  stays: z.enum(['keyInUse', 'lastRecoveryKey']).nullable(),
});

/** One key, or what is the same code in several places. */
const heldKey = z.strictObject({
  id: z.string(),
  kind: z.enum(KEY_KINDS),
  isThisComputer: z.boolean(),
  /** Null: nobody has said so. */
  givenTo: z.string().nullable(),
  /** The computer it was made on; empty where it is damaged. */
  hostname: z.string(),
  madeAtMs: timeMs.nullable(),
  places: z.array(keyInPlace),
});

/** As it travels. */
export type HeldKey = z.input<typeof heldKey>;

export const LONGEST_GIVEN_TO = 60;

export const keyCalls = {
  'keys.list': {
    kind: 'query',
    input: z.strictObject({}),
    output: z.strictObject({
      keys: z.array(heldKey),
      /** Places whose keys are told as they were last seen. */
      away: z.array(placeId),
      /** Places of whose keys nothing is known. */
      unknown: z.array(placeId),
    }),
  },
  /**
   * A code for somebody else, told once: exactly the password that restic accepts.
   * @throws what the last place answered where none took it
   */
  'keys.addHelper': {
    kind: 'command',
    input: z.strictObject({ givenTo: z.string().trim().min(1).max(LONGEST_GIVEN_TO) }),
    output: z.strictObject({ id: z.string(), code: z.string(), places: z.array(keyOutcome) }),
  },
  /**
   * Replaces the one before it. @throws request.invalidInput for one that is weak; what the last place answered where none
   * took it
   */
  'keys.setPassphrase': {
    kind: 'command',
    input: z.strictObject({ passphrase: z.string().min(1).max(1_000) }),
    output: z.strictObject({ places: z.array(keyOutcome) }),
  },
  'keys.withdraw': {
    kind: 'command',
    input: z.strictObject({
      keys: z
        .array(z.strictObject({ placeId, keyId: z.string() }))
        .min(1)
        .max(100),
    }),
    output: z.strictObject({ places: z.array(keyOutcome) }),
  },
} as const satisfies CallTable;
