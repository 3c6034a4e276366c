import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { isTidemarkError } from '#base/errors.ts';
import { createExcludeFilter, createIncludeFilter } from '#rules/exclude-rules.ts';
import { childMayMatch, matchesPath, parsePathPattern, type PathPattern } from '#rules/path-pattern.ts';

const b = textToByteString;

function excluded(patterns: string[], path: string, ignoreCase = false): boolean {
  const list = patterns.map(b);
  const filter = createExcludeFilter(
    ignoreCase ? { patterns: [], ignoreCasePatterns: list } : { patterns: list },
  );
  return filter.isExcluded(b(path), false);
}

describe('exclude filter', () => {
  it.each<[string[], string, boolean]>([
    [['*.go'], '/foo/bar/test.go', true],
    [['*.go'], '/foo/bar/test.c', false],
    [['foo*'], '/foo/bar/test.go', true],
    [['/bar*'], '/foo/bar/test.go', false],
    [['bar/*'], '/foo/bar/test.go', true],
    [['bar/*'], '/foo/bar', false],
    [['/foo/bar/'], '/foo/bar', true],
    [['/foo///bar'], '/foo/bar/x', true],
    [['/foo/../bar'], '/bar', true],
    [['/foo/*'], '/foo', false],
    [['sdk'], '/a/sdk/b/sdk_foo.go', true],
    [['foo/**/bar'], '/home/foo/x/y/bar/main.go', true],
    [['foo/**/bar'], '/home/foo/bar', true],
    [['foo/**/bar'], '/home/bar/foo', false],
    [['foo/**'], '/foo', true],
    [['/**/b'], '/b', true],
    [['/a/**/b/**'], '/a/x/b', false],
    [['/a/**/b/**'], '/a/x/b/c', true],
    [['**'], '/x', true],
    [['/'], '/x', true],
    [['*', '!*.c'], '/x/y.c', false],
    [['!*.c', '*'], '/x/y.c', true],
    [['/foo', '!/foo/bar', '/foo/bar/z'], '/foo/bar/z/1', true],
    [['/foo', '!/foo/bar', '/foo/bar/z'], '/foo/bar/y', false],
    [['?'], '/é', true],
    [['[^a-z]'], '/é', true],
    [['\\*'], '/*', true],
    [['\\*'], '/x', false],
    [['', 'x'], '/x', true],
  ])('%j leaves out %s: %s', (patterns, path, expected) => {
    expect(excluded(patterns, path)).toBe(expected);
  });

  it('ignores case character by character', () => {
    expect(excluded(['ÄÖ*.TMP'], '/x/äö1.tmp', true)).toBe(true);
    expect(excluded(['σασ'], '/ΣΑΣ', true)).toBe(true);
    expect(excluded(['i'], '/İ', true)).toBe(true);
    expect(excluded(['ÄÖ*.TMP'], '/x/äö1.tmp')).toBe(false);
  });

  it('takes a byte that is not UTF-8 for one character', () => {
    const filter = createExcludeFilter({ patterns: ['?\xff' as ByteString] });
    expect(filter.isExcluded('/\xc3\xff' as ByteString, false)).toBe(true);
    expect(filter.isExcluded('/\xc3\xa9\xff' as ByteString, false)).toBe(true);
    expect(filter.isExcluded('/\xc3\xc3\xff' as ByteString, false)).toBe(false);
  });

  it.each(['[a', '[]', '[a-', '[]a]', 'x\\', 'a/[^]/b', '[-a]'])('refuses the malformed %s', (pattern) => {
    expect(() => createExcludeFilter({ patterns: [b(pattern)] })).toThrow(
      expect.toSatisfy((error: unknown) => isTidemarkError(error, 'request.invalidInput')),
    );
  });

  it('takes backslashes for separators on Windows', () => {
    const filter = createExcludeFilter({ patterns: [b('C:\\Users\\*\\Temp')], style: 'windows' });
    expect(filter.isExcluded(b('C:\\Users\\ann\\Temp\\x'), false)).toBe(true);
    expect(filter.isExcluded(b('C:\\Users\\ann\\Docs'), false)).toBe(false);
  });

  it('says when it has nothing to do', () => {
    expect(createExcludeFilter({ patterns: [b('')] }).isEmpty).toBe(true);
    expect(createExcludeFilter({ patterns: [b('x')] }).isEmpty).toBe(false);
  });
});

describe('include filter', () => {
  it.each<[string[], string, boolean, boolean]>([
    [['/foo/bar/*'], '/foo', false, true],
    [['/foo/bar/*'], '/baz', false, false],
    [['/foo/*/*', '!test.*', '*.c'], '/foo/bar/test.go', false, true],
    [['/**/*', '!/foo', '/foo/*', '!/foo/bar'], '/foo/bar', false, false],
    [['x'], '/foo', false, true],
    [['/foo/**/q'], '/foo/bar/baz', false, true],
  ])('%j on the folder %s', (patterns, path, matched, below) => {
    const filter = createIncludeFilter({ patterns: patterns.map(b) });
    expect(filter.select(b(path), true)).toEqual({ matched, childMayMatch: below });
    expect(filter.select(b(path), false).childMayMatch).toBe(false);
  });
});

describe('fast lists against single patterns', () => {
  const part = fc.constantFrom('*', '**', '?', 'a', 'b', 'c', 'a*', '*b', '[ab]', '*a*', '.', '..');
  const pattern = fc
    .tuple(fc.constantFrom('', '!', '/', '!/', '**/'), fc.array(part, { minLength: 1, maxLength: 6 }))
    .map(([start, parts]) => b(start + parts.join('/')));
  const name = fc.constantFrom('a', 'b', 'c', 'ab', 'ba');
  const path = fc.array(name, { minLength: 1, maxLength: 7 });

  it('decide alike, in any order of paths', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 5 }),
        fc.array(path, { minLength: 1, maxLength: 20 }),
        (patterns, paths) => {
          const parsed = patterns.map((text) => parsePathPattern(text) as PathPattern);
          const filter = createIncludeFilter({ patterns });
          for (const names of paths) {
            let matched = false;
            let below = false;
            for (const one of parsed) {
              const matches = matchesPath(one, names);
              matched = one.isNegated ? matched && !matches : matched || matches;
              below = one.isNegated ? below && !matches : below || childMayMatch(one, names);
            }
            expect(filter.select(b(`/${names.join('/')}`), true)).toEqual({ matched, childMayMatch: below });
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
