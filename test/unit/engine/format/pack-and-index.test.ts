import { describe, expect, test } from 'vitest';
import type { PackId } from '#base/ids.ts';
import { FormatError } from '#format/format-error.ts';
import { encodeIndex, parseIndex } from '#format/index-file.ts';
import {
  encodeHeaderLength,
  encodePackHeader,
  isPackHeaderOf,
  MAX_PACK_ENTRIES,
  packSize,
  parseHeaderLength,
  parsePackHeader,
  sealedHeaderBytes,
  type PackColumns,
  type PackEntry,
} from '#format/pack-header.ts';
import { collectIndex } from '#test/support/golden-repository.ts';

const idA = 'a1'.repeat(32);
const idB = 'b2'.repeat(32);
const idC = 'c3'.repeat(32);

function entry(
  id: string,
  type: 'data' | 'tree',
  offset: number,
  length: number,
  uncompressed = 0,
): PackEntry {
  return { id: Buffer.from(id, 'hex'), type, offset, sealedLength: length, uncompressedLength: uncompressed };
}

const four = [
  entry(idA, 'data', 0, 100),
  entry(idB, 'tree', 100, 32),
  entry(idC, 'data', 132, 4_000_000_000, 4_100_000_000),
  entry(idA, 'tree', 4_000_000_132, 50, 1),
];

function columnsOf(entries: readonly PackEntry[]): PackColumns {
  return {
    ids: Buffer.concat(entries.map(({ id }) => id)),
    isTree: Uint8Array.from(entries, ({ type }) => (type === 'tree' ? 1 : 0)),
    numbers: Uint32Array.from(
      entries.flatMap(({ offset, sealedLength, uncompressedLength }) => [
        offset,
        sealedLength,
        uncompressedLength,
      ]),
    ),
  };
}

describe('pack header', () => {
  test('is told from any other without being taken apart', () => {
    const header = encodePackHeader(four);
    expect(isPackHeaderOf(header, columnsOf(four))).toBe(true);
    const without = (i: number): PackEntry[] => four.filter((_, at) => at !== i);
    const but = (i: number, change: Partial<PackEntry>): PackEntry[] =>
      four.map((each, at) => (at === i ? { ...each, ...change } : each));
    const others = [
      [],
      ...four.map((_, i) => without(i)),
      [...four, entry(idB, 'data', 4_000_000_182, 40)],
      ...four.flatMap((each, i) => [
        but(i, { type: each.type === 'tree' ? 'data' : 'tree' }),
        but(i, { offset: each.offset + 1 }),
        but(i, { sealedLength: each.sealedLength + 1 }),
        but(i, { uncompressedLength: each.uncompressedLength + 1 }),
        but(i, {
          uncompressedLength: 0,
          sealedLength: each.sealedLength - (each.uncompressedLength === 0 ? 1 : 0),
        }),
        but(i, { id: Buffer.concat([each.id.subarray(0, 31), Buffer.of(each.id[31]! ^ 1)]) }),
      ]),
    ];
    for (const other of others) expect(isPackHeaderOf(header, columnsOf(other))).toBe(false);
    for (const cut of [0, 1, 40, header.length - 1])
      expect(isPackHeaderOf(header.subarray(0, cut), columnsOf(four))).toBe(false);
  });

  test('bytes of the four types', () => {
    const hex = Buffer.from(encodePackHeader(four)).toString('hex');
    expect(hex).toBe(
      `0064000000${idA}` + `0120000000${idB}` + `0200286bee000961f4${idC}` + `033200000001000000${idA}`,
    );
  });

  test('comes back with offsets', () => {
    expect(parsePackHeader(encodePackHeader(four))).toEqual(
      four.map((each) => ({ ...each, id: new Uint8Array(each.id) })),
    );
  });

  test('sizes', () => {
    expect(encodePackHeader(four).length).toBe(37 + 37 + 41 + 41);
    expect(sealedHeaderBytes(four)).toBe(156 + 32);
    expect(packSize(four)).toBe(4_000_000_182 + 156 + 32 + 4);
    expect(packSize([entry(idA, 'data', 0, 40)])).toBe(40 + 37 + 32 + 4);
  });

  test('the largest header fits the limit', () => {
    expect(MAX_PACK_ENTRIES).toBe(409_199);
    const many = Array.from({ length: MAX_PACK_ENTRIES }, () => entry(idA, 'data', 0, 32, 1));
    expect(encodePackHeader(many).length + 32).toBeLessThanOrEqual(16 * 1024 * 1024);
    expect(() => encodePackHeader([...many, entry(idA, 'data', 0, 32)])).toThrow(FormatError);
    expect(() => encodePackHeader([])).toThrow(FormatError);
    expect(() => encodePackHeader([entry(idA, 'data', 0, 2 ** 32)])).toThrow(FormatError);
    expect(() => encodePackHeader([entry('a1', 'data', 0, 50)])).toThrow(FormatError);
  });

  test('length field', () => {
    expect(Buffer.from(encodeHeaderLength(0x01020304)).toString('hex')).toBe('04030201');
    expect(parseHeaderLength(Buffer.from('ffff45000000', 'hex'), 73)).toBe(69);
    for (const [length, packBytes] of [
      [68, 1000],
      [69, 72],
      [16 * 1024 * 1024 + 1, 2 ** 30],
      [0, 1000],
      [0xffffffff, 2 ** 33],
    ] as const) {
      expect(() => parseHeaderLength(encodeHeaderLength(length), packBytes)).toThrow(FormatError);
    }
  });

  test.each([
    ['unknown type', `0464000000${idA}`],
    ['cut off', `0064000000${idA.slice(2)}`],
    ['compressed and cut off', `0264000000${idA}`],
    ['blob without room for its seal', `001f000000${idA}`],
    ['compressed without a length', `026400000000000000${idA}`],
  ])('refuses %s', (_what, hex) => {
    expect(() => parsePackHeader(Buffer.from(hex, 'hex'))).toThrow(FormatError);
  });
});

describe('index', () => {
  const pack = { id: idB as PackId, entries: four };
  const canonical =
    `{"packs":[{"id":"${idB}","blobs":[` +
    `{"id":"${idA}","type":"data","offset":0,"length":100},` +
    `{"id":"${idB}","type":"tree","offset":100,"length":32},` +
    `{"id":"${idC}","type":"data","offset":132,"length":4000000000,"uncompressed_length":4100000000},` +
    `{"id":"${idA}","type":"tree","offset":4000000132,"length":50,"uncompressed_length":1}]}]}\n`;
  const read = (json: string): unknown => collectIndex(Buffer.from(json));
  const expected = [{ id: idB, entries: four }];

  test('as restic writes it', () => {
    expect(Buffer.from(encodeIndex([pack])).toString()).toBe(canonical);
    expect(Buffer.from(encodeIndex([])).toString()).toBe('{"packs":[]}\n');
    expect(read(canonical)).toEqual(expected);
    expect(read('{"packs":[]}')).toEqual([]);
  });

  test.each([
    ['no newline', canonical.trim()],
    ['supersedes', canonical.replace('{"packs"', `{"supersedes":["${idA}","${idC}"],"packs"`)],
    ['white space', JSON.stringify(JSON.parse(canonical), null, 2)],
    ['white space behind', `${canonical}\n `],
    ['unknown field on top', canonical.replace('{"packs"', '{"x":[{}],"packs"')],
    ['unknown field behind', canonical.replace(']}\n', '],"x":1}\n')],
    ['unknown field in a pack', canonical.replace('"blobs"', '"x":"]","blobs"')],
    ['unknown field in a blob', canonical.replace('"offset":0', '"x":{},"offset":0')],
    ['another order', canonical.replace('"offset":0,"length":100', '"length":100,"offset":0')],
    ['upper-case digits', canonical.replaceAll(idB, idB.toUpperCase())],
    ['other case of keys', canonical.replaceAll('"offset"', '"Offset"')],
    ['uncompressed length 0', canonical.replace('"length":100', '"length":100,"uncompressed_length":0')],
  ])('reads %s', (_what, json) => {
    expect(json).not.toBe(canonical);
    expect(read(json)).toEqual(expected);
  });

  test.each(['{}', '{"packs":null}', '{"supersedes":[]}'])('%s is empty', (json) => {
    expect(read(json)).toEqual([]);
  });

  test.each([
    ['the ancient form', `[{"id":"${idA}","blobs":[]}]`],
    ['nothing', ''],
    ['cut off', canonical.slice(0, -20)],
    ['text behind', `${canonical}x`],
    ['unknown type', canonical.replace('"data"', '"dato"')],
    ['short id', canonical.replace(idA, idA.slice(2))],
    ['no digit', canonical.replace(idA, `zz${idA.slice(2)}`)],
    ['number too large', canonical.replace('4000000132', '4294967296')],
    ['number of many digits', canonical.replace('4000000132', '18446744073709551617')],
    ['negative number', canonical.replace('"offset":0', '"offset":-1')],
    ['leading zero', canonical.replace('"offset":0', '"offset":00')],
    ['blob too short', canonical.replace('"length":32', '"length":31')],
    ['missing length', canonical.replace(',"length":100', '')],
    ['missing id', canonical.replace(`"id":"${idA}",`, '')],
    ['missing comma', canonical.replace('},{', '}{')],
    ['comma too many', canonical.replace('}]}', '},]}')],
    ['missing pack id', canonical.replace(`"id":"${idB}","blobs"`, '"blobs"')],
  ])('refuses %s', (_what, json) => {
    expect(json).not.toBe(canonical);
    expect(() => read(json)).toThrow(FormatError);
  });

  test('a damaged file calls the visitor for nothing', () => {
    let calls = 0;
    const visitor = { pack: () => (calls += 1), blob: () => (calls += 1) };
    const lastBlobTooShort = canonical.replace('"length":50', '"length":5');
    for (const json of [lastBlobTooShort, lastBlobTooShort.replace('{', '{ ')]) {
      expect(() => parseIndex(Buffer.from(json), visitor)).toThrow(FormatError);
    }
    expect(calls).toBe(0);
    parseIndex(Buffer.from(canonical), visitor);
    expect(calls).toBe(5);
  });

  test('the ancient form is named', () => {
    expect(() => read(`[{"id":"${idA}","blobs":[]}]`)).toThrow(/ancient/);
  });

  test('as many blobs as fit into so many bytes', () => {
    const entries = Array.from({ length: 5000 }, (_, i) =>
      entry(i.toString(16).padStart(64, '0'), 'data', 0, 32),
    );
    expect(collectIndex(encodeIndex([{ id: idA as PackId, entries }]))).toEqual([{ id: idA, entries }]);
  });
});
