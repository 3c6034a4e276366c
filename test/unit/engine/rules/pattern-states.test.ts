/** States of patterns against the plain reading of the same patterns, path by path. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { isTidemarkError } from '#base/errors.ts';
import { matchesPath, parsePathPattern } from '#rules/path-pattern.ts';
import { HOPELESS, MATCHED, PatternStates } from '#rules/pattern-states.ts';

const b = textToByteString;

function stateOf(states: PatternStates, names: readonly string[]): string {
  return names.reduce((state, name) => states.next(state, name as ByteString), states.start);
}

const names = fc.array(fc.constantFrom('a', 'b', 'ab', 'c'), { minLength: 1, maxLength: 6 });
const pattern = fc
  .tuple(
    fc.boolean(),
    fc.array(fc.constantFrom('a', 'b', '*', '?b', '**', 'a*'), { minLength: 1, maxLength: 4 }),
  )
  .map(([isRooted, parts]) => (isRooted ? '/' : '') + parts.join('/'));

describe('states', () => {
  test('say what the patterns say of every path, or say that they may say too much', () => {
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 3 }), names, (texts, path) => {
        const states = new PatternStates({ patterns: texts.map(b), ignoreCase: false });
        const isMatch = texts.some((text) => matchesPath(parsePathPattern(b(text))!, path));
        const state = stateOf(states, path);
        if (isMatch || states.isExact) expect(state === MATCHED).toBe(isMatch);
        expect(states.matches(`/${path.join('/')}` as ByteString)).toBe(isMatch);
        const isHopeful = ['a', 'b', 'c', 'ab'].some((name) => stateOf(states, [...path, name]) !== HOPELESS);
        if (state === HOPELESS) expect(isHopeful).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  test('are the same for all folders that make no difference', () => {
    const states = new PatternStates({ patterns: [b('*.jpg'), b('a/b')], ignoreCase: false });
    expect(stateOf(states, ['x', 'y', 'z'])).toBe(states.start);
    expect(stateOf(states, ['x', 'a'])).toBe(stateOf(states, ['q', 'r', 'a']));
    expect(stateOf(states, ['x', 'a'])).not.toBe(states.start);
  });

  test('give up where a rooted pattern leads elsewhere', () => {
    const states = new PatternStates({ patterns: [b('/home/ann/*.txt')], ignoreCase: false });
    expect(stateOf(states, ['home', 'bob'])).toBe(HOPELESS);
    expect(stateOf(states, ['home', 'ann', 'sub'])).toBe(HOPELESS);
    expect(stateOf(states, ['home', 'ann', 'a.txt', 'even', 'below'])).toBe(MATCHED);
  });

  test('ignore case as restic does', () => {
    const states = new PatternStates({ patterns: [b('LETTER.Odt'), b('É')], ignoreCase: true });
    expect(stateOf(states, [b('letter.ODT')])).toBe(MATCHED);
    expect(stateOf(states, [b('é')])).toBe(MATCHED);
    expect(states.matches(b('/x/letter.odt/below'))).toBe(true);
  });

  test('without patterns everything matches', () => {
    expect(new PatternStates({ patterns: [], ignoreCase: false }).start).toBe(MATCHED);
  });

  test.each(['', '[a', 'x\\'])('refuse %j', (text) => {
    const make = (): unknown => new PatternStates({ patterns: [b(text)], ignoreCase: false });
    expect(make).toThrow(
      expect.toSatisfy((error) => isTidemarkError(error, 'request.invalidInput')) as Error,
    );
  });
});
