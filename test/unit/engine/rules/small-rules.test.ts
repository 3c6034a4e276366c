import { describe, expect, it } from 'vitest';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { isTidemarkError } from '#base/errors.ts';
import { chooseParent, chooseParentInSeries } from '#rules/parent-choice.ts';
import { parseReadDataSubset } from '#rules/read-data-subset.ts';
import { parseSizeText } from '#rules/size-text.ts';
import { CACHE_FOLDER_TAG, isLeftOutByTag, isTaggedBy, parseFolderTag } from '#rules/tagged-exclude.ts';

const isInvalid = expect.toSatisfy((error: unknown) => isTidemarkError(error, 'request.invalidInput'));

describe('sizes', () => {
  it.each<[string, bigint]>([
    ['0', 0n],
    ['17', 17n],
    ['17b', 17n],
    ['1K', 1024n],
    ['3m', 3n << 20n],
    ['2G', 2n << 30n],
    ['1t', 1n << 40n],
    ['9223372036854775807', (1n << 63n) - 1n],
  ])('%s', (text, bytes) => expect(parseSizeText(text)).toBe(bytes));

  it.each(['', 'k', '1.5G', '-1', '1KB', '1 k', '9223372036854775808', '8388608T'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseSizeText(text)).toThrow(isInvalid);
    },
  );
});

describe('subsets of a check', () => {
  it.each([
    ['1/5', { kind: 'part', part: 1, total: 5 }],
    ['256/256', { kind: 'part', part: 256, total: 256 }],
    ['2.5%', { kind: 'percent', percent: 2.5 }],
    ['100%', { kind: 'percent', percent: 100 }],
    ['500M', { kind: 'size', sizeBytes: 500n << 20n }],
  ])('%s', (text, expected) => expect(parseReadDataSubset(text)).toEqual(expected));

  it.each(['0/5', '6/5', '1/257', '1/2/3', '/', '1/', '5', '0%', '101%', '-1%', 'x%', '%', '0k', 'some', ''])(
    'refuses "%s"',
    (text) => expect(() => parseReadDataSubset(text)).toThrow(isInvalid),
  );
});

describe('tagged folders', () => {
  it('reads name and header', () => {
    expect(parseFolderTag(textToByteString('.nobackup'))).toEqual({ fileName: '.nobackup', header: '' });
    expect(parseFolderTag(textToByteString('TAG:a:b'))).toEqual({ fileName: 'TAG', header: 'a:b' });
    expect(() => parseFolderTag(textToByteString(':x'))).toThrow(isInvalid);
    expect(() => parseFolderTag('' as ByteString)).toThrow(isInvalid);
  });

  it('knows a cache folder by the beginning of its tag, and spares the tag', () => {
    const signature = CACHE_FOLDER_TAG.header;
    expect(isTaggedBy(CACHE_FOLDER_TAG, `${signature}\n# made by` as ByteString)).toBe(true);
    expect(isTaggedBy(CACHE_FOLDER_TAG, signature.slice(0, -1) as ByteString)).toBe(false);
    expect(isTaggedBy(CACHE_FOLDER_TAG, ` ${signature}` as ByteString)).toBe(false);
    expect(isLeftOutByTag(CACHE_FOLDER_TAG, 'CACHEDIR.TAG' as ByteString)).toBe(false);
    expect(isLeftOutByTag(CACHE_FOLDER_TAG, 'data' as ByteString)).toBe(true);
  });
});

describe('parent choice', () => {
  const wish = { hostname: 'h', paths: ['/a', '/b'], timeNs: 100n };
  const candidate = (timeNs: bigint, paths = ['/a', '/b'], hostname = 'h') => ({ timeNs, paths, hostname });

  it('takes the newest that holds all paths, of the same host, not later', () => {
    const right = candidate(90n, ['/c', '/b', '/a']);
    expect(
      chooseParent(
        [candidate(10n), right, candidate(95n, ['/a']), candidate(99n, ['/a', '/b'], 'x'), candidate(101n)],
        wish,
      ),
    ).toBe(right);
    expect(chooseParent([candidate(101n)], wish)).toBeUndefined();
    const same = candidate(100n);
    expect(chooseParent([candidate(50n), same], wish)).toBe(same);
  });

  it('in a series takes its newest, not later, whatever its paths and host', () => {
    const inSeries = (timeNs: bigint, ...tags: string[]) => ({ ...candidate(timeNs, ['/c'], 'x'), tags });
    const right = inSeries(90n, 'other', 'series');
    const candidates = [inSeries(10n, 'series'), right, inSeries(95n, 'other'), inSeries(101n, 'series')];
    expect(chooseParentInSeries(candidates, 'series', 100n)).toBe(right);
    expect(chooseParentInSeries(candidates, 'none', 100n)).toBeUndefined();
    expect(chooseParentInSeries(candidates, undefined, 100n)).toBeUndefined();
  });
});
