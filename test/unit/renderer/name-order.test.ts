import { expect, test } from 'vitest';
import { nameOrder } from '#renderer/text/name-order.ts';
import { SeededRandom } from '#test/bench/seeded-random.ts';

test.each(['en-GB', 'de-DE'])('names stand in the order of the collator (%s)', (locale) => {
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  const order = nameOrder(locale);
  const random = new SeededRandom(7);
  const signs = Array.from('aAbBzZ0019 _-.,()[]{}\'"#&+=~^$%@!;`|<>/*?:\\\t\x01\x7fäÄéßøﬁ本');
  const anyName = (): string =>
    Array.from({ length: random.below(7) }, () => signs[random.below(signs.length)]).join('');
  const pairs = Array.from({ length: 20_000 }, () => [anyName(), anyName()] as const);
  const wrong = pairs.filter(
    ([one, other]) =>
      Math.sign(order.compare(order.keyOf(one), order.keyOf(other))) !==
      Math.sign(collator.compare(one, other)),
  );
  expect(wrong).toEqual([]);
});

test('numbers of any length stand by their value', () => {
  const { keyOf, compare } = nameOrder('en-GB');
  const names = ['a9', 'a10', 'a010b', `a${'9'.repeat(200)}`, `a1${'0'.repeat(200)}`, `a1${'0'.repeat(400)}`];
  expect(names.toReversed().toSorted((one, other) => compare(keyOf(one), keyOf(other)))).toEqual(names);
});
