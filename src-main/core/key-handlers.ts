/** Who can open the copies. A code or passphrase passes through to the engine process and is kept nowhere here. */
import { SecretText } from '#base/secret-text.ts';
import type { keyCalls } from '#contract/app/key-calls.ts';
import type { PlaceId } from '#contract/app/values.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import type { PlaceKeyValue } from '#contract/engine/engine-key-calls.ts';
import { makeRecoveryCode } from '#contract/recovery-code.ts';
import type { GivenKeys } from '#services/given-keys/given-keys.ts';
import { refuseWeakPassphrase } from '#services/keys/place-keys.ts';
import { listPlaces, type Place } from '#services/state/places-table.ts';
import type { CoreParts } from './core-parts.ts';

type KeyHandlers = CallHandlers<typeof keyCalls>;
type HeldKey = Awaited<ReturnType<KeyHandlers['keys.list']>>['keys'][number];
type KeyInPlace = HeldKey['places'][number];

export function keyHandlers(parts: CoreParts): KeyHandlers {
  const { state, engine, givenKeys, ports, note, routine, changed } = parts;
  return {
    'keys.list': async (_asked, { signal }) => {
      const found = await Promise.all(
        state.read(listPlaces).map(async (place) => ({
          place,
          seen: await engine.calls['place.keys'](
            {
              ...givenKeys.factsOf(place),
              isAway: routine.presence.stateOf(place).presence === 'absent',
            },
            { signal },
          ),
        })),
      );
      const held = new HeldKeys(givenKeys);
      for (const { place, seen } of found) held.addPlace(place, seen?.keys ?? []);
      return {
        keys: held.list(),
        away: found.flatMap(({ place, seen }) => (seen?.isThere === false ? [place.id] : [])),
        unknown: found.flatMap(({ place, seen }) => (seen === null ? [place.id] : [])),
      };
    },
    'keys.addHelper': async ({ givenTo }) => {
      const code = makeRecoveryCode((size) => ports.randomBytes(size));
      const id = parts.newId();
      const key = { kind: 'helper', givenTo, madeAtMs: ports.clock.nowMs() } as const;
      const places = await givenKeys.give(id, key, code);
      note('helperAdded', { name: givenTo });
      routine.poke();
      return { id, code: code.reveal(), places };
    },
    'keys.setPassphrase': async ({ passphrase: typed }) => {
      const passphrase = new SecretText(typed);
      refuseWeakPassphrase(passphrase);
      const key = { kind: 'passphrase', givenTo: null, madeAtMs: ports.clock.nowMs() } as const;
      const places = await givenKeys.give(parts.newId(), key, passphrase);
      note('passphraseSet', {});
      routine.poke();
      return { places };
    },
    'keys.withdraw': async ({ keys }) => {
      const places = await givenKeys.withdraw(keys);
      for (const { placeId, state: how } of places) if (how !== 'refused') note('keyWithdrawn', { placeId });
      changed('places');
      routine.poke();
      return { places };
    },
  };
}

/** Keys of places put together: what is the same code, and this computer, are one each. */
class HeldKeys {
  readonly #givenKeys: GivenKeys;
  readonly #held = new Map<string, HeldKey>();

  constructor(givenKeys: GivenKeys) {
    this.#givenKeys = givenKeys;
  }

  addPlace(place: Place, keys: readonly PlaceKeyValue[]): void {
    const owed = this.#givenKeys.owedAt(place.id);
    for (const key of keys) {
      const { id: keyId, isDamaged, stays } = key;
      const isOwed = owed.withdraw.includes(keyId);
      const state = isOwed ? 'willBeWithdrawn' : isDamaged ? 'damaged' : 'opens';
      this.#add(key, place, { placeId: place.id, keyId, state, stays });
    }
    for (const { id: keyId } of owed.add) {
      const given = this.#givenOf(place.id, keyId);
      if (given === undefined) continue;
      const key = {
        kind: given.key.kind,
        hostname: '',
        madeAtMs: given.key.madeAtMs,
        id: keyId,
        isCurrent: false,
      };
      this.#add(key, place, { placeId: place.id, keyId, state: 'willOpen', stays: null });
    }
  }

  list(): HeldKey[] {
    return [...this.#held.values()];
  }

  #add(
    key: Pick<PlaceKeyValue, 'id' | 'kind' | 'hostname' | 'madeAtMs' | 'isCurrent'>,
    place: Place,
    inPlace: KeyInPlace,
  ): void {
    const isThisComputer = key.kind === 'machine' && (key.isCurrent || key.id === place.machineKeyId);
    const given = this.#givenOf(place.id, key.id);
    const id = isThisComputer ? 'this-computer' : (given?.id ?? `${place.id}/${key.id}`);
    const before = this.#held.get(id);
    this.#held.set(id, {
      id,
      kind: key.kind,
      isThisComputer,
      givenTo: given?.key.givenTo ?? null,
      hostname: before?.hostname || key.hostname,
      madeAtMs: before?.madeAtMs ?? key.madeAtMs,
      places: [...(before?.places ?? []), inPlace],
    });
  }

  #givenOf(placeId: PlaceId, keyId: string) {
    const found = Object.entries(this.#givenKeys.given()).find(([, { keyIds }]) => keyIds[placeId] === keyId);
    return found && { id: found[0], key: found[1] };
  }
}
