/**
 * Which key of a place is what. A key's file says by whom it was made, and nobody but people reads that; there stands
 * what the key is for, so that every computer and `restic key list` can tell. It decides only what is shown, counted
 * and proposed: it can be forged by whoever can write to the place, who could remove the keys as well.
 */
import type { KeyId } from '#base/ids.ts';
import type { KeyKind } from '#contract/key-codes.ts';
import { listKeys, type KeyHolder } from '#operations/keys.ts';

/** The name of the user in the key's file. */
export const KEY_LABELS = {
  machine: 'tidemark-computer',
  recovery: 'tidemark-recovery-code',
  helper: 'tidemark-helper-code',
  passphrase: 'tidemark-passphrase',
} as const satisfies Record<Exclude<KeyKind, 'foreign'>, string>;

export type OwnKeyKind = keyof typeof KEY_LABELS;

export interface PlaceKey {
  readonly id: KeyId;
  readonly kind: KeyKind;
  /** The computer it was made on. */
  readonly hostname: string;
  /** RFC 3339; empty where the file is damaged. */
  readonly created: string;
  /** Opened the place now. */
  readonly isCurrent: boolean;
  /** Opens nothing any more. */
  readonly isDamaged: boolean;
}

/** All keys of a place. Takes no lock. */
export async function listPlaceKeys(repository: KeyHolder, signal?: AbortSignal): Promise<PlaceKey[]> {
  return (await listKeys(repository, signal)).map(
    ({ id, username, hostname, created, isCurrent, damage }) => ({
      id,
      kind: kindOf(username),
      hostname,
      created,
      isCurrent,
      isDamaged: damage !== undefined,
    }),
  );
}

/** Whether the key is in somebody's head or drawer and not in a computer, and opens. */
export function isKeptByPerson({ kind, isDamaged }: PlaceKey): boolean {
  return kind !== 'machine' && !isDamaged;
}

function kindOf(username: string): KeyKind {
  const kinds = Object.keys(KEY_LABELS) as OwnKeyKind[];
  return kinds.find((kind) => KEY_LABELS[kind] === username) ?? 'foreign';
}
