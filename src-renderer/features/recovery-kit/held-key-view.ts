/** One key as a line of the list: what it is, what it opens, and what may be done about it. Pure. */
import type { HeldKey } from '#contract/app/key-calls.ts';
import { showName } from '../../text/show-name.ts';
import type { Speech } from '../../text/use-words.ts';

type KeyInPlace = HeldKey['places'][number];

export interface HeldKeyView {
  readonly title: string;
  /** Each a sentence's part, to stand one after the other. */
  readonly facts: readonly string[];
  /** Where it would be withdrawn. */
  readonly withdrawable: readonly KeyInPlace[];
  /** Why nothing is withdrawn; undefined: it may be, or there is nothing to withdraw. */
  readonly stays: string | undefined;
}

export interface NamedPlace {
  readonly id: string;
  readonly name: string;
}

/** @param unknown places of whose keys nothing is known */
export function heldKeyView(
  key: HeldKey,
  places: readonly NamedPlace[],
  unknown: readonly string[],
  nowMs: number,
  { words: { keys }, formats }: Pick<Speech, 'words' | 'formats'>,
): HeldKeyView {
  const named = (ids: readonly string[]): string =>
    formats.list(places.filter(({ id }) => ids.includes(id)).map(({ name }) => showName(name)));
  const inState = (wanted: KeyInPlace['state'], say: (places: string) => string): string[] => {
    const ids = key.places.filter(({ state }) => state === wanted).map(({ placeId }) => placeId);
    return ids.length === 0 ? [] : [say(named(ids))];
  };
  // What everybody gets in each place has no place that it lacks.
  const missing =
    key.kind === 'helper' || key.kind === 'passphrase'
      ? places.filter(({ id }) => !unknown.includes(id) && key.places.every(({ placeId }) => placeId !== id))
      : [];
  const withdrawable = key.places.filter(({ state, stays }) => stays === null && state !== 'willBeWithdrawn');
  const isInUse = key.places.some(({ stays }) => stays === 'keyInUse');
  const isLast = key.places.some(({ stays }) => stays === 'lastRecoveryKey');
  return {
    title: titleOf(key, keys),
    facts: [
      ...(key.isThisComputer ? [keys.thisComputerNote] : []),
      ...(key.madeAtMs === null ? [] : [keys.made(formats.day(key.madeAtMs, nowMs))]),
      ...inState('opens', keys.opens),
      ...inState('willOpen', keys.willOpen),
      ...inState('willBeWithdrawn', keys.willBeWithdrawn),
      ...inState('damaged', keys.damaged),
      ...(missing.length === 0 ? [] : [keys.notThere(named(missing.map(({ id }) => id)))]),
    ],
    withdrawable,
    stays: withdrawable.length > 0 ? undefined : isInUse ? keys.inUse : isLast ? keys.lastWay : undefined,
  };
}

function titleOf(key: HeldKey, keys: Speech['words']['keys']): string {
  switch (key.kind) {
    case 'machine':
      return key.isThisComputer ? keys.thisComputer : keys.otherComputer(showName(key.hostname));
    case 'recovery':
      return keys.recovery;
    case 'helper':
      return key.givenTo === null ? keys.helper : keys.helperFor(showName(key.givenTo));
    case 'passphrase':
      return keys.passphrase;
    case 'foreign':
      return key.hostname === '' ? keys.foreign : keys.foreignBy(showName(key.hostname));
  }
}

/** This computer first, then what the person keeps, then others'. */
const ORDER = ['recovery', 'passphrase', 'helper', 'machine', 'foreign'] as const;

export function inOrder(held: readonly HeldKey[]): readonly HeldKey[] {
  const rank = ({ isThisComputer, kind }: HeldKey): number => (isThisComputer ? -1 : ORDER.indexOf(kind));
  return held.toSorted((a, b) => rank(a) - rank(b) || (a.madeAtMs ?? 0) - (b.madeAtMs ?? 0));
}

export function kitRoute(placeId: string, helperId?: string): string {
  const route = `#/places/${encodeURIComponent(placeId)}/kit`;
  return helperId === undefined ? route : `${route}?helper=${encodeURIComponent(helperId)}`;
}
