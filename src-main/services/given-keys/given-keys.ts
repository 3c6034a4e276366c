/**
 * Codes and passphrases that are to open every place: which key each of them is where, and what is still to be done at places
 * that are away. Owns that record and the order of changing it; the keys themselves belong to the engine. No secret is kept:
 * what waits for a place is a key file, sealed as the place will have it. Source: `docs/design/keys.md`.
 */
import { fromWireError, isTidemarkError, TidemarkError, type WireError } from '#base/errors.ts';
import type { SecretText } from '#base/secret-text.ts';
import type { PlaceId } from '#contract/app/values.ts';
import type { CallClient } from '#contract/calls/call-table.ts';
import type { EngineCalls } from '#contract/engine/engine-calls.ts';
import type { KeyFacts, OwedChanges } from '#contract/engine/engine-key-calls.ts';
import type { KeyCopies } from '#services/key-copies/key-copies.ts';
import { forgetKit } from '#services/routine/known-kits.ts';
import { accessTo, requirePlace } from '#services/places/place-access.ts';
import { listPlaces, putPlace, type Place } from '#services/state/places-table.ts';
import { getSetting, putSetting, type Setting } from '#services/state/settings-table.ts';
import type { StateFile } from '#services/state/state-file.ts';
import type { StateReader, StateWriter } from '#services/state/state-database.ts';

export type GivenKey = Setting<'givenKeys'>[string];

export interface KeyOutcome {
  readonly placeId: PlaceId;
  /** `owed`: when the place is there again, or free. */
  readonly state: 'done' | 'owed' | 'refused';
  readonly error: WireError | null;
}

export interface GivenKeysParts {
  readonly state: StateFile;
  readonly engine: { readonly calls: CallClient<EngineCalls> };
  readonly keyCopies: Pick<KeyCopies, 'refresh'>;
  /** Something that is no reason to stop. */
  onUnexpected(error: unknown): void;
}

const NOTHING_OWED: OwedChanges = { add: [], withdraw: [] };

export class GivenKeys {
  readonly #parts: GivenKeysParts;

  constructor(parts: GivenKeysParts) {
    this.#parts = parts;
  }

  /** What the engine has to know of the place. */
  factsOf(place: Place): KeyFacts {
    const copies = this.#parts.state.read((reader) => getSetting(reader, 'keyCopies'));
    return {
      access: accessTo(place),
      copy: copies?.[place.id] ?? null,
      isRecoveryProven: place.isRecoveryProven,
      ownKeyId: place.machineKeyId,
    };
  }

  owedAt(placeId: PlaceId): OwedChanges {
    return this.#parts.state.read((reader) => owedAt(reader, placeId));
  }

  given(): Readonly<Record<string, GivenKey>> {
    return this.#parts.state.read((reader) => getSetting(reader, 'givenKeys')) ?? {};
  }

  /**
   * To every place; a passphrase takes the place of the one before it. What was done in one place stays when another refuses.
   * @throws what the last place answered where none took it
   */
  async give(id: string, key: Omit<GivenKey, 'keyIds'>, secret: SecretText): Promise<KeyOutcome[]> {
    const outcomes: KeyOutcome[] = [];
    for (const place of this.#parts.state.read(listPlaces)) {
      outcomes.push(
        await this.#outcome(place.id, async () => {
          const facts = this.factsOf(place);
          const asked = { ...facts, kind: key.kind, secret: secret.reveal() };
          const { keyId, owed, older } = await this.#parts.engine.calls['place.addKey'](asked);
          await this.#parts.state.commit((writer) => {
            // The copy of its keys may not have the one that was made last.
            const replaced = [
              ...older,
              ...(key.kind === 'passphrase' ? passphrasesAt(writer, place.id) : []),
            ];
            for (const each of replaced) oweWithdrawal(writer, place.id, each);
            noteGiven(writer, id, key, place.id, keyId);
            const { add, withdraw } = owedAt(writer, place.id);
            putOwed(writer, place.id, { add: owed === null ? add : [...add, owed], withdraw });
          });
          return owed !== null;
        }),
      );
    }
    const [first] = outcomes;
    if (first === undefined) throw new TidemarkError('request.notFound', { what: 'backup place', id: 'any' });
    if (outcomes.every(({ state }) => state === 'refused')) throw fromWireError(outcomes.at(-1)!.error!);
    for (const { placeId, state } of outcomes) if (state === 'done') await this.#wasChanged(placeId);
    return outcomes;
  }

  /** @throws request.notFound for a place that is not there; what went wrong at a place is in its outcome */
  async withdraw(keys: readonly { placeId: PlaceId; keyId: string }[]): Promise<KeyOutcome[]> {
    const { state, engine } = this.#parts;
    const outcomes: KeyOutcome[] = [];
    for (const { placeId, keyId } of keys) {
      const place = state.read((reader) => requirePlace(reader, placeId));
      outcomes.push(
        await this.#outcome(placeId, async () => {
          if (await this.#takeBack(placeId, keyId)) return false;
          const { isOwed, isCode } = await engine.calls['place.withdrawKey']({
            ...this.factsOf(place),
            keyId,
          });
          // A copy that kept it would bring it back one day: then it is withdrawn once more.
          const isForLater = isOwed || !(await this.#copied(place, { replaces: true }));
          await state.commit((writer) => {
            if (isCode) {
              // What was proven is gone; what is left is to be shown once.
              putPlace(writer, { ...requirePlace(writer, placeId), isRecoveryProven: false });
              forgetKit(writer, placeId);
            }
            if (isForLater) oweWithdrawal(writer, placeId, keyId);
            else forgetKey(writer, placeId, keyId);
          });
          return isForLater;
        }),
      );
    }
    return outcomes;
  }

  /** The place is there: what it is owed is done, as far as it lets. Never throws for what the place answers. */
  async settle(placeId: PlaceId): Promise<void> {
    const { state, engine } = this.#parts;
    const owed = this.owedAt(placeId);
    if (owed.add.length + owed.withdraw.length === 0) return;
    const place = state.read((reader) => requirePlace(reader, placeId));
    try {
      const left = await engine.calls['place.settleKeys']({ ...this.factsOf(place), owed });
      // What is owed stays owed until the copy follows; doing it twice does no harm.
      if (!(await this.#copied(place, { replaces: true }))) return;
      await state.commit((writer) => {
        const now = owedAt(writer, placeId);
        const isDone = (id: string): boolean => owed.withdraw.includes(id) && !left.withdraw.includes(id);
        for (const id of owed.withdraw.filter(isDone)) forgetKey(writer, placeId, id);
        putOwed(writer, placeId, {
          add: now.add.filter(({ id }) => !owed.add.some((each) => each.id === id)),
          withdraw: now.withdraw.filter((id) => !isDone(id)),
        });
      });
    } catch (error) {
      if (!isTidemarkError(error)) throw error;
      this.#parts.onUnexpected(error);
    }
  }

  /** What it has now is to be in the copy of its keys, for when it is away. */
  async #wasChanged(placeId: PlaceId): Promise<void> {
    await this.settle(placeId);
    await this.#copied(
      this.#parts.state.read((reader) => requirePlace(reader, placeId)),
      {},
    );
  }

  /** @returns whether the copy of its keys is what the place has now */
  async #copied(place: Place, how: { readonly replaces?: boolean }): Promise<boolean> {
    try {
      await this.#parts.keyCopies.refresh(place, how);
      return true;
    } catch (error) {
      if (!isTidemarkError(error)) throw error;
      this.#parts.onUnexpected(error);
      return false;
    }
  }

  /** A key that waits for its place has never opened anything. */
  #takeBack(placeId: PlaceId, keyId: string): Promise<boolean> {
    return this.#parts.state.commit((writer) => takeBack(writer, placeId, keyId));
  }

  async #outcome(placeId: PlaceId, work: () => Promise<boolean>): Promise<KeyOutcome> {
    try {
      return { placeId, state: (await work()) ? 'owed' : 'done', error: null };
    } catch (error) {
      if (!isTidemarkError(error)) throw error;
      return { placeId, state: 'refused', error: error.toWire() };
    }
  }
}

/** The person's own passphrase opens it: it was typed when it was set. */
export function opensByPassphrase(reader: StateReader, placeId: PlaceId): boolean {
  const waiting = owedAt(reader, placeId).add.map(({ id }) => id);
  return Object.values(getSetting(reader, 'givenKeys') ?? {}).some(({ kind, keyIds }) => {
    const keyId = keyIds[placeId];
    return kind === 'passphrase' && keyId !== undefined && !waiting.includes(keyId);
  });
}

/** The place is forgotten here. */
export function forgetKeysOf(writer: StateWriter, placeId: PlaceId): void {
  putOwed(writer, placeId, NOTHING_OWED);
  for (const [id, key] of Object.entries(getSetting(writer, 'givenKeys') ?? {}))
    putGiven(writer, id, withoutPlace(key, placeId));
}

function owedAt(reader: StateReader, placeId: PlaceId): OwedChanges {
  return getSetting(reader, 'owedKeys')?.[placeId] ?? NOTHING_OWED;
}

function putOwed(writer: StateWriter, placeId: PlaceId, { add, withdraw }: OwedChanges): void {
  const { [placeId]: _before, ...others } = getSetting(writer, 'owedKeys') ?? {};
  const isNothing = add.length + withdraw.length === 0;
  putSetting(writer, 'owedKeys', {
    ...others,
    ...(isNothing ? {} : { [placeId]: { add: [...add], withdraw: [...withdraw] } }),
  });
}

/** @returns whether it waited for its place, and does no more */
function takeBack(writer: StateWriter, placeId: PlaceId, keyId: string): boolean {
  const { add, withdraw } = owedAt(writer, placeId);
  if (add.every(({ id }) => id !== keyId)) return false;
  putOwed(writer, placeId, { add: add.filter(({ id }) => id !== keyId), withdraw });
  forgetKey(writer, placeId, keyId);
  return true;
}

/** It is to open the place no more, as soon as that can be done. */
function oweWithdrawal(writer: StateWriter, placeId: PlaceId, keyId: string): void {
  if (takeBack(writer, placeId, keyId)) return;
  const { add, withdraw } = owedAt(writer, placeId);
  putOwed(writer, placeId, { add, withdraw: [...new Set([...withdraw, keyId])] });
}

function passphrasesAt(reader: StateReader, placeId: PlaceId): string[] {
  return Object.values(getSetting(reader, 'givenKeys') ?? {})
    .filter(({ kind }) => kind === 'passphrase')
    .flatMap(({ keyIds }) => keyIds[placeId] ?? []);
}

function noteGiven(
  writer: StateWriter,
  id: string,
  key: Omit<GivenKey, 'keyIds'>,
  placeId: PlaceId,
  keyId: string,
): void {
  const before = getSetting(writer, 'givenKeys')?.[id]?.keyIds;
  putGiven(writer, id, { ...key, keyIds: { ...before, [placeId]: keyId } });
}

/** It opens the place no more. */
function forgetKey(writer: StateWriter, placeId: PlaceId, keyId: string): void {
  for (const [id, key] of Object.entries(getSetting(writer, 'givenKeys') ?? {}))
    if (key.keyIds[placeId] === keyId) putGiven(writer, id, withoutPlace(key, placeId));
}

function withoutPlace(key: GivenKey, placeId: PlaceId): GivenKey {
  const { [placeId]: _gone, ...keyIds } = key.keyIds;
  return { ...key, keyIds };
}

/** One that opens no place any more is forgotten. */
function putGiven(writer: StateWriter, id: string, key: GivenKey): void {
  const { [id]: _before, ...others } = getSetting(writer, 'givenKeys') ?? {};
  const isAnywhere = Object.keys(key.keyIds).length > 0;
  putSetting(writer, 'givenKeys', isAnywhere ? { ...others, [id]: key } : others);
}
