/** Which part of a file a `Range` header asks for. */
import { expect, test } from 'vitest';
import { rangeIn, readRange } from '#core/pages/content-range.ts';

const SIZE = 1_000;

/** Start and end (one behind the last); null: nothing there; refused: no range at all. */
test.each<[string | undefined, readonly [number, number] | null | 'refused']>([
  [undefined, [0, 1_000]],
  ['bytes=0-', [0, 1_000]],
  ['bytes=0-0', [0, 1]],
  ['bytes=10-19', [10, 20]],
  ['bytes=999-', [999, 1_000]],
  ['bytes=990-5000', [990, 1_000]],
  ['bytes=-1', [999, 1_000]],
  ['bytes=-5000', [0, 1_000]],
  ['BYTES = 1 - 2 ', [1, 3]],
  ['bytes=0-99999999999999999999999', [0, 1_000]],
  ['bytes=-99999999999999999999999', [0, 1_000]],
  // Nothing is there.
  ['bytes=1000-', null],
  ['bytes=-0', null],
  ['bytes=99999999999999999999999-', null],
  ['bytes=9007199254740991-9007199254740992', null],
  // Units that nobody knows are no range.
  ['lines=1-2', [0, 1_000]],
  ['', [0, 1_000]],
  // No range, or more than one.
  ['bytes=', 'refused'],
  ['bytes=-', 'refused'],
  ['bytes=--1', 'refused'],
  ['bytes=5-1', 'refused'],
  ['bytes=a-b', 'refused'],
  ['bytes=0x1-2', 'refused'],
  ['bytes=1.5-2', 'refused'],
  ['bytes=1e3-', 'refused'],
  ['bytes=0-1,5-6', 'refused'],
  [`bytes=${'0-,'.repeat(1_000)}0-`, 'refused'],
])('%s', (header, expected) => {
  const ask = readRange(header);
  const range = ask && rangeIn(ask, SIZE);
  const read = range === undefined ? null : [range.start, range.end];
  expect(ask === undefined ? 'refused' : read).toEqual(expected);
});

test('of an empty file there is only the whole', () => {
  expect(rangeIn(readRange(undefined)!, 0)).toEqual({ start: 0, end: 0 });
  for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-5'])
    expect(rangeIn(readRange(header)!, 0), header).toBeUndefined();
});
