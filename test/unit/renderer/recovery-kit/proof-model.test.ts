/** The proof of the kit: which groups are asked for, and what is said of each that is typed; a code in one field. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeRecoveryCode } from '#contract/recovery-code.ts';
import { chooseGroups, readTypedGroup } from '#renderer/features/recovery-kit/proof-model.ts';
import { readTypedCode } from '#renderer/parts/read-typed-code.ts';

const code = makeRecoveryCode(randomBytes);
const groups = code.reveal().split('-');
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('two different groups, in order, and every pair of them', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(chance, chance, (one, other) => {
      const [first, second] = chooseGroups([one, other]);
      expect(first).toBeGreaterThanOrEqual(1);
      expect(second).toBeLessThanOrEqual(8);
      expect(first).toBeLessThan(second);
    }),
  );
  for (let one = 0; one < 8; one++)
    for (let other = 0; other < 7; other++) seen.add(chooseGroups([one / 8, other / 7]).join());
  expect(seen.size).toBe(28);
});

describe('a group', () => {
  test('is right however it is typed', () => {
    for (const typed of [groups[2], groups[2]?.toLowerCase(), ` ${groups[2]?.replaceAll('0', 'o')} `])
      expect(readTypedGroup(typed ?? '', 3, code, true)).toEqual({ kind: 'right' });
  });
  test('with a wrong letter is named', () => {
    const wrong = `${groups[2]?.slice(0, 4)}${groups[2]?.[4] === '2' ? '3' : '2'}`;
    expect(readTypedGroup(wrong, 3, code, false)).toEqual({
      kind: 'wrong',
      problem: { number: 3, kind: 'mistyped' },
    });
  });
  test('of another place in the code is wrong there', () => {
    expect(readTypedGroup(groups[4] ?? '', 3, code, false).kind).not.toBe('right');
  });
  test('of another kit is told from a slip of the pen', () => {
    const other = makeRecoveryCode((length) => randomBytes(length));
    expect(readTypedGroup(other.reveal().split('-')[2] ?? '', 3, code, false)).toEqual({ kind: 'otherKit' });
  });
  test('that is not finished is left alone until the person goes on', () => {
    expect(readTypedGroup('AB', 3, code, false)).toEqual({ kind: 'growing' });
    expect(readTypedGroup('', 3, code, true)).toEqual({ kind: 'growing' });
    expect(readTypedGroup('AB', 3, code, true)).toMatchObject({ problem: { kind: 'tooShort' } });
  });
});

describe('a code in a field that also takes a passphrase', () => {
  const whole = code.reveal();
  test.each([
    ['nothing', '  ', { kind: 'empty' }],
    ['a passphrase', 'correct horse battery staple', { kind: 'text' }],
    ['a word of five letters', 'horse', { kind: 'text' }],
    ['the whole code', whole, { kind: 'complete' }],
    ['in small letters without dashes', whole.toLowerCase().replaceAll('-', ''), { kind: 'complete' }],
    ['half of it', whole.slice(0, 23), { kind: 'growing', rightGroups: 4 }],
    ['too much', `${whole}-${whole.slice(0, 5)}`, { kind: 'tooManyGroups' }],
  ])('%s', (_case, typed, reading) => {
    expect(readTypedCode(typed)).toEqual(reading);
  });
  test('a wrong group is named as soon as it is full', () => {
    const letter = whole[6] === 'A' ? 'B' : 'A';
    const typed = `${whole.slice(0, 6)}${letter}${whole.slice(7, 11)}`;
    expect(readTypedCode(typed)).toEqual({ kind: 'wrong', problem: { number: 2, kind: 'mistyped' } });
    expect(readTypedCode(typed.slice(0, 10)).kind).toBe('growing');
  });
});
