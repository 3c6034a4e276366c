/** The recovery code: what its check letters find, and that any honest way to type it arrives at the printed form. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SecretText } from '#base/secret-text.ts';
import { checkValue, isGroupRight } from '#contract/group-check.ts';
import { makeMachineKey } from '#services/keys/machine-key.ts';
import {
  CODE_ALPHABET,
  GROUP_COUNT,
  GROUP_LENGTH,
  groupsOf,
  makeRecoveryCode,
  readRecoveryCode,
  readRecoveryGroup,
} from '#contract/recovery-code.ts';

const codes = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => makeRecoveryCode(() => bytes).reveal());
const groupNumbers = fc.integer({ min: 1, max: GROUP_COUNT });

function withGroup(code: string, number: number, group: string): string {
  return code
    .split('-')
    .map((old, at) => (at === number - 1 ? group : old))
    .join('-');
}

/** Numbers of the groups that are called wrong; nothing when the code is taken. */
function wrongGroups(typed: string): number[] {
  const reading = readRecoveryCode(typed);
  return reading.kind === 'wrong' ? reading.groups.map(({ number }) => number) : [];
}

function completed(typed: string): string | undefined {
  const reading = readRecoveryCode(typed);
  return reading.kind === 'complete' ? reading.code.reveal() : undefined;
}

describe('the printed form', () => {
  test('is eight groups of five letters that look like no others, of 160 random bits', () => {
    expect(CODE_ALPHABET).toHaveLength(32);
    expect(CODE_ALPHABET).not.toMatch(/[ILOU]/);
    const code = makeRecoveryCode(randomBytes).reveal();
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){7}[0-9A-HJKMNP-TV-Z]{5}$/);
    let asked = 0;
    makeRecoveryCode((length) => ((asked = length), randomBytes(length)));
    // Five bits of each byte are used.
    expect(asked * 5).toBe(160);
  });

  test('different chance, different code: no bit that is used is lost', () => {
    const of = (bytes: Uint8Array): string => makeRecoveryCode(() => bytes).reveal();
    const seen = new Set<string>();
    for (let at = 0; at < 32; at++)
      for (let value = 0; value < 32; value++) seen.add(of(new Uint8Array(32).fill(value, at, at + 1)));
    expect(seen.size).toBe(32 * 31 + 1);
  });

  test('too little chance is refused', () => {
    expect(() => makeRecoveryCode(() => new Uint8Array(31))).toThrow('internal.invariantBroken');
    expect(() => makeMachineKey(() => new Uint8Array(31))).toThrow('internal.invariantBroken');
    expect(Buffer.from(makeMachineKey(randomBytes).reveal(), 'base64url')).toHaveLength(32);
  });
});

describe('a mistake is found, and its group named', () => {
  test('every single wrong letter', () => {
    fc.assert(
      fc.property(codes, groupNumbers, (code, number) => {
        const group = code.split('-')[number - 1]!;
        for (let at = 0; at < GROUP_LENGTH; at++) {
          for (const letter of CODE_ALPHABET.replace(group[at]!, '')) {
            const wrong = group.slice(0, at) + letter + group.slice(at + 1);
            expect(wrongGroups(withGroup(code, number, wrong))).toEqual([number]);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test('any two letters of a group exchanged, neighbours or not', () => {
    fc.assert(
      fc.property(codes, groupNumbers, (code, number) => {
        const group = code.split('-')[number - 1]!;
        for (let a = 0; a < GROUP_LENGTH; a++) {
          for (let b = a + 1; b < GROUP_LENGTH; b++) {
            const letters = group.split('');
            [letters[a], letters[b]] = [group[b]!, group[a]!];
            const isSame = group[a] === group[b];
            expect(wrongGroups(withGroup(code, number, letters.join('')))).toEqual(isSame ? [] : [number]);
          }
        }
      }),
    );
  });

  test('two groups exchanged: both', () => {
    fc.assert(
      fc.property(codes, groupNumbers, groupNumbers, (code, a, b) => {
        fc.pre(a < b);
        const groups = code.split('-');
        const typed = withGroup(withGroup(code, a, groups[b - 1]!), b, groups[a - 1]!);
        expect(wrongGroups(typed)).toEqual([a, b]);
      }),
    );
  });

  test('of two wrong letters in one group all but 1 of 31', () => {
    const group = [3, 14, 15, 9, checkValue([3, 14, 15, 9], 5)];
    let missed = 0;
    let tried = 0;
    for (let a = 0; a < GROUP_LENGTH; a++)
      for (let b = a + 1; b < GROUP_LENGTH; b++)
        for (let x = 1; x < 32; x++)
          for (let y = 1; y < 32; y++) {
            const wrong = group.map((value, at) => (at === a ? value ^ x : at === b ? value ^ y : value));
            tried += 1;
            if (isGroupRight(wrong, 5)) missed += 1;
          }
    expect(tried / missed).toBe(31);
  });

  test('a letter left out or doubled, where the groups are told apart', () => {
    fc.assert(
      fc.property(codes, groupNumbers, fc.integer({ min: 0, max: 4 }), (code, number, at) => {
        const group = code.split('-')[number - 1]!;
        const short = withGroup(code, number, group.slice(0, at) + group.slice(at + 1));
        if (number < GROUP_COUNT)
          expect(readRecoveryCode(short)).toEqual({ kind: 'wrong', groups: [{ number, kind: 'tooShort' }] });
        else expect(readRecoveryCode(short)).toEqual({ kind: 'unfinished', rightGroups: 7 });
        const long = withGroup(code, number, group.slice(0, at) + group[at] + group.slice(at));
        expect(readRecoveryCode(long)).toEqual({ kind: 'wrong', groups: [{ number, kind: 'tooLong' }] });
      }),
    );
  });

  test('a character that no code has', () => {
    const code = makeRecoveryCode(randomBytes).reveal();
    const typed = withGroup(code, 4, `${code.slice(18, 22)}ß`);
    expect(readRecoveryCode(withGroup(code, 4, `${code.slice(18, 22)}?`))).toEqual({
      kind: 'wrong',
      groups: [{ number: 4, kind: 'foreignCharacter', character: '?' }],
    });
    // Its capital has two letters.
    expect(wrongGroups(typed)).toContain(4);
  });

  test('a group too many', () => {
    const code = makeRecoveryCode(randomBytes).reveal();
    expect(readRecoveryCode(`${code}-${code.slice(0, 5)}`)).toEqual({ kind: 'tooManyGroups' });
    expect(readRecoveryCode(`${code}7`)).not.toMatchObject({ kind: 'complete' });
  });
});

describe('typing', () => {
  /** As people type: any case, look-alikes, any or no separators, blanks around. */
  const typings = fc
    .tuple(
      codes,
      fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      fc.constantFrom(
        '-',
        '',
        ' ',
        ' - ',
        '–',
        '—',
        '\u2011',
        '\u2212',
        '\n',
        '\u00a0',
        '.',
        '_',
        '--',
        '\t',
      ),
      fc.boolean(),
    )
    .map(([code, flips, separator, lookAlikes]) => {
      const typed = code
        .split('-')
        .join(separator)
        .replace(/[0-9A-Z]/g, (letter: string, at: number) => {
          const swapped = lookAlikes ? ({ 0: 'O', 1: 'L', V: 'U' }[letter] ?? letter) : letter;
          return flips[at % 40] ? swapped.toLowerCase() : swapped;
        });
      return { code, typed: ` ${typed}\n` };
    });

  test('arrives at the printed form', () => {
    fc.assert(
      fc.property(typings, ({ code, typed }) => {
        expect(completed(typed)).toBe(code);
      }),
      { numRuns: 500 },
    );
  });

  test('of what is printed stays what it is', () => {
    fc.assert(
      fc.property(codes, (code) => {
        expect(completed(code)).toBe(code);
        const full = Array.from(code, (letter) =>
          letter === '-' ? letter : String.fromCodePoint(letter.codePointAt(0)! + 0xfee0),
        ).join('');
        expect(completed(full)).toBe(code);
      }),
    );
  });

  test('is followed letter by letter: right so far until it is done, wrong at once when a group is', () => {
    fc.assert(
      fc.property(codes, fc.integer({ min: 0, max: 47 }), (code, length) => {
        fc.pre(length < code.length);
        const typed = code.slice(0, length);
        const rightGroups = typed.split('-').filter((group) => group.length === 5).length;
        expect(readRecoveryCode(typed)).toEqual({ kind: 'unfinished', rightGroups });
      }),
    );
    const code = makeRecoveryCode(randomBytes).reveal();
    const other = CODE_ALPHABET.replace(code[10]!, '')[0]!;
    expect(wrongGroups(code.slice(0, 10) + other)).toEqual([2]);
  });

  test('never throws, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 80 }), (typed) => {
        expect(readRecoveryCode(typed).kind).not.toBe('complete');
      }),
    );
  });

  test('of one group alone is read at its place', () => {
    const groups = groupsOf(makeRecoveryCode(randomBytes)).map((group) => group.reveal());
    const read = readRecoveryGroup(` ${groups[2]!.toLowerCase()} `, 3);
    expect(read instanceof SecretText && read.reveal()).toBe(groups[2]);
    expect(readRecoveryGroup(groups[2]!, 6)).toEqual({ number: 6, kind: 'mistyped' });
    expect(readRecoveryGroup(groups[2]!.slice(1), 3)).toEqual({ number: 3, kind: 'tooShort' });
  });
});
