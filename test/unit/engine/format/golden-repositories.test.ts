/** Everything in the repositories that restic made, read with the format layer, against what was seen on the source. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bytesToId, type BlobId } from '#base/ids.ts';
import { SealBroken } from '#format/format-error.ts';
import { encodeConfig } from '#format/config.ts';
import { cutPoints } from '#format/chunker.ts';
import { openSealed } from '#format/envelope.ts';
import { deriveUserKeys, encodeKeyFile, openMasterKey, parseKeyFile } from '#format/key-file.ts';
import { packSize } from '#format/pack-header.ts';
import { createChunkerTables } from '#format/polynomial.ts';
import { encodeSnapshot, type Snapshot } from '#format/snapshot.ts';
import { formatTime, parseTime } from '#format/time.ts';
import { encodeNode, encodeTree } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { describeNode, hardLinkGroups, sortedGroups } from '#test/support/describe-node.ts';
import { extractFixture, FIXTURE_NAMES, loadExpected } from '#test/support/fixture-repository.ts';
import { GoldenRepository } from '#test/support/golden-repository.ts';
import { nodePrimitives } from '#test/support/node-primitives.ts';

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const hashOf = (bytes: Uint8Array): string => bytesToId(nodePrimitives.sha256(bytes));

/** Trees that cannot be written again byte by byte, with the reason. */
const KNOWN_OTHER_ENCODINGS: Readonly<Record<string, number>> = {
  // restic 0.14 wrote each bad byte of a link target as the six characters \ufffd; read, they are U+FFFD.
  // One folder has such a link, in two versions.
  'v1-restic-0.14': 2,
  'v2-restic-0.14': 2,
};

describe.each(FIXTURE_NAMES)('%s', (name) => {
  const expected = loadExpected(name);
  let folder: string;
  let repository: GoldenRepository;

  beforeAll(async () => {
    folder = await extractFixture(name);
    repository = await GoldenRepository.open(folder, expected.passwords[0] as string);
  });

  test('every password opens the same master key; key files come back byte by byte', async () => {
    for (const password of expected.passwords) {
      const { keys } = await GoldenRepository.open(folder, password);
      expect({
        mac: { k: toBase64(keys.macK), r: toBase64(keys.macR) },
        encrypt: toBase64(keys.encrypt),
      }).toEqual(expected.masterkey);
    }
    for (const key of expected.files.keys) {
      const bytes = readFileSync(join(folder, 'keys', key));
      expect(hashOf(bytes)).toBe(key);
      expect(Buffer.from(encodeKeyFile(parseKeyFile(bytes)))).toEqual(bytes);
    }
  });

  test('a wrong password is a broken seal', async () => {
    const keyFile = parseKeyFile(readFileSync(join(folder, 'keys', expected.files.keys[0] as string)));
    const wrong = Buffer.from(`${expected.passwords[0]} `, 'utf8');
    const userKeys = await deriveUserKeys(nodePrimitives, keyFile, wrong);
    expect(() => openMasterKey(nodePrimitives, userKeys, keyFile.data)).toThrow(SealBroken);
  });

  test('config', () => {
    const { version, id, chunkerPolynomial } = repository.config;
    const found = { version, id, chunker_polynomial: chunkerPolynomial.toString(16) };
    expect(found).toEqual(expected.config);
    const plain = openSealed(nodePrimitives, repository.keys, readFileSync(join(folder, 'config')));
    expect(Buffer.from(encodeConfig(repository.config)).toString()).toBe(
      Buffer.from(plain).toString().trim(),
    );
  });

  test('files are there and their names are their hashes', () => {
    for (const kind of ['index', 'keys', 'snapshots'] as const) {
      expect(repository.names(kind)).toEqual(expected.files[kind].toSorted());
      for (const file of repository.names(kind)) {
        expect(hashOf(readFileSync(join(folder, kind, file)))).toBe(file);
      }
    }
    expect(repository.packNames()).toEqual(expected.packs.toSorted());
    for (const pack of expected.packs) expect(hashOf(repository.packBytes(pack))).toBe(pack);
  });

  test('pack headers, sizes and the index agree, and every blob has its hash', () => {
    expect(repository.packs.map((pack) => pack.id as string).toSorted()).toEqual(expected.packs.toSorted());
    for (const { id, entries } of repository.packs) {
      expect(repository.packHeader(id).map(plainEntry)).toEqual(entries.map(plainEntry));
      expect(repository.packBytes(id).length).toBe(packSize(entries));
      for (const entry of entries) {
        const blobId = bytesToId<BlobId>(entry.id);
        const { length } = repository.blob(entry.type, blobId);
        expect(length).toBe(entry.uncompressedLength || entry.sealedLength - 32);
      }
    }
  });

  test('every tree is written again byte by byte', () => {
    let differing = 0;
    for (const entry of repository.packs.flatMap((pack) => pack.entries)) {
      if (entry.type !== 'tree') continue;
      const bytes = repository.blob('tree', bytesToId(entry.id));
      const tree = repository.tree(bytesToId(entry.id));
      expect(tree.hasUnknownFields).toBe(false);
      const again = Buffer.from(encodeTree(tree.nodes.map(encodeNode)));
      if (again.equals(bytes)) continue;
      differing += 1;
      expect(again.toString().replaceAll('\ufffd', '\\ufffd')).toBe(Buffer.from(bytes).toString());
    }
    expect(differing).toBe(KNOWN_OTHER_ENCODINGS[name] ?? 0);
  });

  test('times are written again as they were', () => {
    for (const { node } of repository.walk(newestTree())) {
      for (const text of [node.mtime, node.atime, node.ctime] as string[]) {
        const offset = /([+-])(\d\d):(\d\d)$/.exec(text);
        const minutes = offset === null ? 0 : Number(offset[2]) * 60 + Number(offset[3]);
        const seconds = offset?.[1] === '-' ? -minutes * 60 : minutes * 60;
        const { sec, nsec } = parseTime(text);
        expect(formatTime(sec, nsec, { offsetSecondsAt: () => seconds })).toBe(text);
      }
    }
  });

  test('files are cut where restic cut them', () => {
    const tables = createChunkerTables(repository.config.chunkerPolynomial);
    for (const { path, node } of repository.walk(newestTree())) {
      if (node.type !== 'file') continue;
      const chunks = (node.content ?? []).map((id) => repository.blob('data', id));
      let end = 0;
      const ends = chunks.map((chunk) => (end += chunk.length));
      expect([path, cutPoints(tables, Buffer.concat(chunks))]).toEqual([path, ends]);
    }
  });

  describe.each(expected.snapshots.map((snapshot) => [snapshot.id.slice(0, 8), snapshot] as const))(
    'snapshot %s',
    (_shortId, want) => {
      test('its fields, and its bytes when written again', () => {
        const json = Buffer.from(repository.readUnpacked('snapshots', want.id)).toString();
        const snapshot = repository.snapshot(want.id);
        expect(restoredFields(snapshot)).toEqual(want.snapshot);
        expect(Buffer.from(encodeSnapshot(snapshot)).toString()).toBe(json.trim());
      });

      test('every entry', () => {
        const tree = repository.snapshot(want.id).tree as BlobId;
        const found = new Map([...repository.walk(tree)].map(({ path, node }) => [path, node]));
        expect(found.size).toBe(want.entries.length);
        for (const entry of want.entries) {
          const node = found.get(Buffer.from(entry.path_b64, 'base64').toString('latin1'));
          const content = Buffer.concat((node?.content ?? []).map((id) => repository.blob('data', id)));
          expect(describeNode(node as TreeNode, entry, content)).toEqual(entry);
        }
      });

      test('hard links share inode and device', () => {
        const tree = repository.snapshot(want.id).tree as BlobId;
        expect(hardLinkGroups(repository.walk(tree))).toEqual(sortedGroups(want.hardlink_groups));
      });
    },
  );

  function newestTree(): BlobId {
    return repository.snapshot((expected.snapshots.at(-1) as { id: string }).id).tree as BlobId;
  }
});

function plainEntry(entry: { id: Uint8Array }): unknown {
  return { ...entry, id: bytesToId(entry.id) };
}

/** A snapshot in the words of its JSON. */
function restoredFields(snapshot: Snapshot): Record<string, unknown> {
  return JSON.parse(Buffer.from(encodeSnapshot(snapshot)).toString()) as Record<string, unknown>;
}
