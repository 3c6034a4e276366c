/** Whatever is written comes back, whatever comes in never crashes: every structure of the repository format. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesToByteString, type ByteString } from '#base/byte-string.ts';
import { bytesToId, type BlobId, type PackId, type SnapshotId } from '#base/ids.ts';
import { cutPoints, ReferenceChunker } from '#format/chunker.ts';
import { encodeConfig, parseConfig } from '#format/config.ts';
import { generateKeys, openSealed, sealBytes } from '#format/envelope.ts';
import { FormatError } from '#format/format-error.ts';
import { encodeIndex } from '#format/index-file.ts';
import { decodeJsonString, decodeJsonText, encodeJsonString, encodeJsonText } from '#format/json-text.ts';
import { encodeKeyFile, parseKeyFile } from '#format/key-file.ts';
import { encodeLock, parseLock } from '#format/lock.ts';
import { decodeName, encodeName, quoteName, unquoteName } from '#format/name-quoting.ts';
import { encodePackHeader, packSize, parsePackHeader, type PackEntry } from '#format/pack-header.ts';
import { choosePolynomial, createChunkerTables } from '#format/polynomial.ts';
import { encodeSnapshot, parseSnapshot, type Snapshot } from '#format/snapshot.ts';
import { formatTime, parseTime } from '#format/time.ts';
import { encodeNode, encodeTree, nameOfNodeText, parseTree } from '#format/tree.ts';
import type { NodeType, TreeNode } from '#format/tree-node.ts';
import { decodeUnpackedFile, encodeUnpackedFile } from '#format/unpacked-file.ts';
import { isValidUtf8 } from '#format/utf8.ts';
import { pseudoRandomBytes } from '#test/support/chunker-vectors.ts';
import { collectIndex } from '#test/support/golden-repository.ts';
import { nodePrimitives } from '#test/support/node-primitives.ts';

const keys = generateKeys(nodePrimitives);
const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes);

const bytesOf = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const hexId = bytesOf(32).map((bytes) => bytesToId<string>(bytes));
const text = fc.string({ unit: 'binary', maxLength: 20 });
const uint32 = fc.nat({ max: 2 ** 32 - 1 });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

/** Random bytes, and bytes that are nearly UTF-8 or need quoting. */
const nameBytes: fc.Arbitrary<ByteString> = fc.oneof(
  fc.uint8Array({ maxLength: 30 }).map(bytesToByteString),
  fc.string({ unit: 'binary', maxLength: 10 }).map((value) => bytesToByteString(Buffer.from(value))),
  fc
    .array(
      fc.constantFrom('a', '"', '\\', '\n', '<', 'é', '\ufffd', '\u2028', '😀', '\xff', '\xe2\x82', 'u0041'),
    )
    .map((parts) => bytesToByteString(Buffer.from(parts.join(''), 'latin1'))),
);

const zoneSeconds = fc.integer({ min: -14 * 60, max: 14 * 60 }).map((minutes) => minutes * 60);
const instant = fc.record({
  sec: fc.integer({ min: -62_167_000_000, max: 253_402_200_000 }),
  nsec: fc.oneof(fc.nat({ max: 999_999_999 }), fc.constantFrom(0, 1, 100_000_000, 999_999_999)),
});
const timeText = fc
  .tuple(instant, zoneSeconds)
  .map(([{ sec, nsec }, offset]) => formatTime(sec, nsec, { offsetSecondsAt: () => offset }));

describe('strings', () => {
  test('JSON text is JSON, and comes back', () => {
    fc.assert(
      fc.property(text, (value) => {
        const literal = encodeJsonText(value);
        expect(JSON.parse(Buffer.from(literal, 'latin1').toString('utf8'))).toBe(value);
        expect(decodeJsonText(literal.slice(1, -1) as ByteString)).toBe(value);
        expect(
          decodeJsonText(
            JSON.stringify(value)
              .slice(1, -1)
              .replace(/[^\0-\x7f]/g, toEscape) as ByteString,
          ),
        ).toBe(value);
      }),
    );
  });

  test('JSON of valid bytes comes back', () => {
    fc.assert(
      fc.property(nameBytes, (value) => {
        const decoded = decodeJsonString(encodeJsonString(value).slice(1, -1) as ByteString);
        expect(decoded === value).toBe(isValidUtf8(value));
      }),
    );
  });

  test('every name comes back, through one or both steps of quoting', () => {
    fc.assert(
      fc.property(nameBytes, (name) => {
        expect(unquoteName(quoteName(name))).toBe(name);
        expect(decodeName(encodeName(name))).toBe(name);
        expect(isValidUtf8(quoteName(name))).toBe(true);
        expect(encodeName(name)).toBe(encodeJsonString(quoteName(name)).slice(1, -1));
      }),
      { numRuns: 2000 },
    );
  });

  test('UTF-8 is judged as TextDecoder judges it', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    fc.assert(
      fc.property(fc.oneof(nameBytes, nearlyUtf8()), (value) => {
        let isValid = true;
        try {
          decoder.decode(Buffer.from(value, 'latin1'));
        } catch {
          isValid = false;
        }
        expect(isValidUtf8(value)).toBe(isValid);
      }),
      { numRuns: 3000 },
    );
  });

  function nearlyUtf8(): fc.Arbitrary<ByteString> {
    const edges = [
      0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4,
      0xf5,
    ];
    return fc
      .array(fc.constantFrom(...edges), { maxLength: 5 })
      .map((codes) => bytesToByteString(Uint8Array.from(codes)));
  }

  function toEscape(unit: string): string {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  }
});

describe('times', () => {
  test('come back to the nanosecond, in any zone', () => {
    fc.assert(
      fc.property(instant, zoneSeconds, ({ sec, nsec }, offset) => {
        const written = formatTime(sec, nsec, { offsetSecondsAt: () => offset });
        expect(parseTime(written)).toEqual({ sec, nsec });
        expect(written).toMatch(
          /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,8}[1-9])?(Z|[+-](?!00:00)\d\d:\d\d)$/,
        );
      }),
    );
  });

  test('agree with Date', () => {
    fc.assert(
      fc.property(instant, ({ sec }) => {
        const written = formatTime(sec, 0, { offsetSecondsAt: () => 0 });
        expect(written).toBe(new Date(sec * 1000).toISOString().replace('.000', ''));
      }),
    );
  });

  test('any instant at all gives a time that can be read', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: -50_000, max: 50_000 }), (sec, offset) => {
        parseTime(formatTime(sec, 1, { offsetSecondsAt: () => offset }));
      }),
    );
  });
});

const nodeTypes = ['file', 'dir', 'symlink', 'dev', 'chardev', 'fifo', 'socket', 'irregular', ''] as const;
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const zeroOr = <T>(zero: T, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof(fc.constant(zero), arbitrary);

const node: fc.Arbitrary<TreeNode> = fc
  .record({
    name: nameBytes,
    type: fc.constantFrom<NodeType>(...nodeTypes),
    mode: zeroOr(0, uint32),
    mtime: timeText,
    atime: timeText,
    ctime: timeText,
    uid: uint32,
    gid: uint32,
    user: optional(text.filter((value) => value !== '')),
    group: optional(text.filter((value) => value !== '')),
    inode: zeroOr(0n, uint64),
    deviceId: zeroOr(0n, uint64),
    size: zeroOr(0n, uint64),
    links: zeroOr(0, fc.maxSafeNat()),
    linkTarget: optional(nameBytes.filter((value) => value !== '')),
    extendedAttributes: optional(
      fc.array(fc.record({ name: text, value: fc.uint8Array({ maxLength: 9 }).map(asBuffer) }), {
        minLength: 1,
        maxLength: 3,
      }),
    ),
    genericAttributes: optional(
      fc
        .uniqueArray(text, { minLength: 1, maxLength: 3 })
        .map((list) =>
          list
            .toSorted((a, b) =>
              Buffer.compare(Buffer.from(encodeJsonText(a)), Buffer.from(encodeJsonText(b))),
            )
            .map((key) => ({ key, json: `{"a":[${key.length},{}]}` })),
        ),
    ),
    device: zeroOr(0n, uint64),
    content: fc.option(
      fc.array(
        hexId.map((id) => id as BlobId),
        { maxLength: 4 },
      ),
    ),
    subtree: optional(hexId.map((id) => id as BlobId)),
    error: optional(text.filter((value) => value !== '')),
  })
  .map(
    (draft) => Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined)) as never,
  );

const sortedNodes = fc
  .uniqueArray(node, { selector: (each) => each.name, maxLength: 8 })
  .map((nodes) => nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1)));

describe('trees', () => {
  test('nodes come back, and are written again byte by byte', () => {
    fc.assert(
      fc.property(sortedNodes, (nodes) => {
        const bytes = encodeTree(nodes.map(encodeNode));
        const tree = parseTree(bytes);
        expect(tree).toEqual({ nodes, hasUnknownFields: false });
        expect(asBuffer(encodeTree(tree.nodes.map(encodeNode))).equals(bytes)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('the general parser reads the same as the fast one', () => {
    fc.assert(
      fc.property(node, (each) => {
        const canonical = encodeNode(each);
        expect(nameOfNodeText(canonical)).toBe(each.name);
        const spaced = Buffer.from(`{ "nodes" : [\n${canonical.replace('{', '{ ')} ]}`, 'latin1');
        expect(parseTree(spaced)).toEqual(parseTree(encodeTree([canonical])));
      }),
      { numRuns: 500 },
    );
  });

  test('damage is a FormatError or another tree, never anything else', () => {
    fc.assert(
      fc.property(sortedNodes, fc.nat(), fc.nat({ max: 255 }), (nodes, position, byte) => {
        const bytes = encodeTree(nodes.map(encodeNode));
        bytes[position % bytes.length] = byte;
        expectFormatErrorOnly(() => parseTree(bytes));
        expectFormatErrorOnly(() => parseTree(bytes.subarray(0, position % bytes.length)));
      }),
      { numRuns: 1000 },
    );
  });
});

function expectFormatErrorOnly(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
  }
}

const packEntries: fc.Arbitrary<PackEntry[]> = fc
  .array(
    fc.record({
      type: fc.constantFrom('data' as const, 'tree' as const),
      id: bytesOf(32).map(asBuffer),
      sealedLength: fc.integer({ min: 32, max: 2 ** 20 }),
      uncompressedLength: zeroOr(0, uint32),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((entries) => {
    let end = 0;
    return entries.map((entry) => ({ ...entry, offset: (end += entry.sealedLength) - entry.sealedLength }));
  });

describe('packs and index', () => {
  test('headers come back', () => {
    fc.assert(
      fc.property(packEntries, (entries) => {
        const plain = encodePackHeader(entries);
        expect(parsePackHeader(plain).map((entry) => ({ ...entry, id: asBuffer(entry.id) }))).toEqual(
          entries,
        );
        const blobBytes = entries.reduce((sum, entry) => sum + entry.sealedLength, 0);
        expect(packSize(entries)).toBe(blobBytes + plain.length + 32 + 4);
      }),
    );
  });

  test('index files come back, on the fast and the general way', () => {
    const packs = fc.array(fc.record({ id: hexId.map((id) => id as PackId), entries: packEntries }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(packs, (list) => {
        const json = encodeIndex(list);
        expect(collectIndex(json)).toEqual(list);
        expect(collectIndex(Buffer.concat([Buffer.from(' '), json]))).toEqual(list);
        expect(JSON.parse(asBuffer(json).toString())).toMatchObject({
          packs: list.map(({ id }) => ({ id })),
        });
      }),
    );
  });

  test('damage is a FormatError or another index', () => {
    fc.assert(
      fc.property(packEntries, fc.nat(), fc.nat({ max: 255 }), (entries, position, byte) => {
        const header = encodePackHeader(entries);
        header[position % header.length] = byte;
        expectFormatErrorOnly(() => parsePackHeader(header));
        const json = encodeIndex([{ id: '0'.repeat(64) as PackId, entries }]);
        json[position % json.length] = byte;
        expectFormatErrorOnly(() => collectIndex(json));
        expectFormatErrorOnly(() => collectIndex(json.subarray(0, position % json.length)));
      }),
    );
  });
});

describe('sealed structures', () => {
  test('anything sealed opens; any changed byte does not', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (plain, at, flip) => {
          const sealed = sealBytes(nodePrimitives, keys, plain);
          expect(asBuffer(openSealed(nodePrimitives, keys, sealed))).toEqual(asBuffer(plain));
          sealed[at % sealed.length] = (sealed[at % sealed.length] as number) ^ flip;
          expect(() => openSealed(nodePrimitives, keys, sealed)).toThrow(FormatError);
        },
      ),
    );
  });

  test('unpacked files', () => {
    const json = fc.json().map((value) => Buffer.from(`{"a":${value}}`));
    fc.assert(
      fc.property(json, fc.constantFrom(1 as const, 2 as const), (plain, version) => {
        const sealed = encodeUnpackedFile(nodePrimitives, keys, version, plain);
        expect(asBuffer(decodeUnpackedFile(nodePrimitives, keys, version, sealed))).toEqual(plain);
      }),
    );
  });

  test('key files, configs and locks', () => {
    const keyFile = fc.record({
      created: timeText,
      username: text,
      hostname: text,
      scrypt: fc.record({
        n: fc.constantFrom(2, 1024, 65536),
        r: fc.integer({ min: 1, max: 16 }),
        p: fc.integer({ min: 1, max: 9 }),
      }),
      salt: bytesOf(64).map(asBuffer),
      data: fc.uint8Array({ maxLength: 200 }).map(asBuffer),
    });
    const lock = fc.record({
      time: timeText,
      exclusive: fc.boolean(),
      hostname: text,
      username: text,
      pid: uint32,
      uid: uint32,
      gid: uint32,
    });
    fc.assert(
      fc.property(keyFile, lock, (key, each) => {
        expect(parseKeyFile(encodeKeyFile(key))).toEqual(key);
        expect(parseLock(encodeLock(each))).toEqual(each);
      }),
    );
  });

  test('every chosen polynomial makes a config that opens', () => {
    fc.assert(
      fc.property(fc.string(), hexId, (seed, id) => {
        let draw = 0;
        const chunkerPolynomial = choosePolynomial((length) => pseudoRandomBytes(`${draw++}${seed}`, length));
        const config = { version: 2 as const, id, chunkerPolynomial };
        expect(parseConfig(encodeConfig(config))).toEqual(config);
      }),
      { numRuns: 20 },
    );
  });
});

test('snapshots come back', () => {
  const id = hexId.map((value) => value as SnapshotId);
  const count = fc.maxSafeNat();
  const unknownFields = optional(
    fc.array(fc.constantFrom('x', 'y"', 'ü'), { minLength: 1, maxLength: 1 }).map((names) =>
      names.map((name) => ({
        key: bytesToByteString(Buffer.from(name)),
        value: '{"a":[1.50]}' as ByteString,
      })),
    ),
  );
  const snapshot = fc.record({
    time: timeText,
    parent: optional(id),
    tree: hexId.map((value) => value as BlobId),
    paths: fc.array(text, { maxLength: 3 }),
    hostname: text,
    username: text,
    uid: uint32,
    gid: uint32,
    excludes: fc.array(text, { maxLength: 3 }),
    tags: fc.array(text, { maxLength: 3 }),
    original: optional(id),
    programVersion: optional(text),
    summary: optional(fc.record({ backupStart: timeText, filesNew: count, dataAdded: count, unknownFields })),
    unknownFields,
  });
  fc.assert(
    fc.property(snapshot, (value) => {
      // toEqual takes a member that is undefined for one that is absent.
      expect(parseSnapshot(encodeSnapshot(value as Snapshot))).toEqual(value);
    }),
  );
});

describe('chunker', () => {
  const tables = createChunkerTables(0x3da3358b4dc173n);

  test('cuts do not depend on how the bytes come in', () => {
    const bytes = pseudoRandomBytes('p2', 3_000_000);
    const expected = cutPoints(tables, bytes);
    expect(expected.length).toBeGreaterThan(1);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 6 }), (breaks) => {
        const chunker = new ReferenceChunker(tables);
        const cuts: number[] = [];
        let start = 0;
        for (const end of [...breaks.toSorted((a, b) => a - b), bytes.length]) {
          const piece = bytes.subarray(start, end);
          for (let cut = chunker.nextCut(piece, 0); cut !== -1; cut = chunker.nextCut(piece, cut))
            cuts.push(start + cut);
          start = end;
        }
        if (chunker.pendingBytes > 0) cuts.push(bytes.length);
        expect(cuts).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  test('an edit leaves the cuts before it as they were', () => {
    const bytes = pseudoRandomBytes('edits', 6_000_000);
    const before = cutPoints(tables, bytes);
    fc.assert(
      fc.property(
        fc.nat({ max: bytes.length }),
        fc.uint8Array({ minLength: 1, maxLength: 100 }),
        (at, inserted) => {
          const edited = Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
          const after = cutPoints(tables, edited);
          const kept = before.filter((cut) => cut <= at && cut < bytes.length);
          expect(after.slice(0, kept.length)).toEqual(kept);
        },
      ),
      { numRuns: 5 },
    );
  });
});
