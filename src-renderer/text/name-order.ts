/**
 * Names in the order in which people look for them: without regard to case and accents, numbers as numbers. It is the order
 * of the language's collator, which takes microseconds for two names and is asked a hundred thousand times for a long folder;
 * so each name gets a key once, and keys are compared as they are. Names beyond ASCII, for which a key would be a
 * collator of our own, are left to the collator.
 */

/** An order for names of one language. */
export interface NameOrder {
  /** Made once for each name that is sorted. */
  keyOf(name: string): NameKey;
  compare(one: NameKey, other: NameKey): number;
}

export interface NameKey {
  readonly name: string;
  /** Null: only the collator knows. */
  readonly key: string | null;
}

const ASCII = /^[\0-\x7f]*$/;
const NUMBERS = /\d+/g;
/** A longer number is compared by the collator. */
const MOST_DIGITS = 250;

const orders = new Map<string, NameOrder>();

export function nameOrder(locale: string): NameOrder {
  const known = orders.get(locale);
  if (known !== undefined) return known;
  const made = makeOrder(new Intl.Collator(locale, { numeric: true, sensitivity: 'base' }));
  orders.set(locale, made);
  return made;
}

function makeOrder(collator: Intl.Collator): NameOrder {
  const signs = weighSigns(collator);
  const zero = signs['0'.charCodeAt(0)] ?? '';
  return {
    keyOf(name) {
      if (!ASCII.test(name)) return { name, key: null };
      let key = '';
      let from = 0;
      for (const { 0: digits, index } of name.matchAll(NUMBERS)) {
        for (let at = from; at < index; at++) key += signs[name.charCodeAt(at)];
        const value = digits.replace(/^0+/, '');
        if (value.length > MOST_DIGITS) return { name, key: null };
        // The longer number is the larger one.
        key += zero + String.fromCharCode(value.length) + value;
        from = index + digits.length;
      }
      for (let at = from; at < name.length; at++) key += signs[name.charCodeAt(at)];
      return { name, key };
    },
    compare(one, other) {
      if (one.key === null || other.key === null) return collator.compare(one.name, other.name);
      return one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
    },
  };
}

/** For each sign of ASCII what it counts in a key, as the collator orders signs; nothing where it takes no notice of it. */
function weighSigns(collator: Intl.Collator): readonly string[] {
  const all = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
  const sorted = all.filter((sign) => collator.compare(sign, '') !== 0).toSorted(collator.compare);
  const weights = new Map<string, number>();
  let weight = 0;
  for (const [at, sign] of sorted.entries()) {
    if (at === 0 || collator.compare(sorted[at - 1] ?? '', sign) !== 0) weight++;
    weights.set(sign, weight);
  }
  return all.map((sign) => {
    const own = weights.get(sign);
    return own === undefined ? '' : String.fromCharCode(own);
  });
}
