/** The short way through a tree must tell exactly what the general parser tells. */
import { beforeAll, describe, expect, test } from 'vitest';
import { bytesToId, idAt } from '#base/ids.ts';
import { parseTree } from '#format/tree.ts';
import { IdList, scanTreeReferences } from '#format/tree-references.ts';
import { extractFixture, FIXTURE_NAMES, loadExpected } from '#test/support/fixture-repository.ts';
import { GoldenRepository } from '#test/support/golden-repository.ts';

interface Told {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly content: readonly string[] | null;
  readonly subtree: string | undefined;
}

function byScanning(bytes: Uint8Array): Told[] {
  const ids = new IdList();
  ids.add('f'.repeat(64));
  const told: Told[] = [];
  let last = 1;
  scanTreeReferences(bytes, ids, {
    node(name, type, size, contentCount, subtree) {
      const end = last + Math.max(0, type === 'file' ? contentCount : 0);
      const positions = Array.from({ length: end - last }, (_, i) => last + i);
      told.push({ name, type, size, content: contentCount < 0 ? null : (positions as never), subtree });
      last = end;
    },
  });
  const all = ids.toBytes();
  expect(all.length).toBe(last * 32);
  return told.map((node) => ({
    ...node,
    content: node.content && (node.content as unknown as number[]).map((at) => bytesToId(idAt(all, at))),
  }));
}

function byParsing(bytes: Uint8Array): Told[] {
  return parseTree(bytes).nodes.map(({ name, type, size, content, subtree }) => ({
    name,
    type,
    size: Number(size),
    content: type === 'file' ? content : null,
    subtree,
  }));
}

const id = (digit: string): string => digit.repeat(64);
const TIMES = '"mtime":"2026-01-01T00:00:00Z","atime":"2026-01-01T00:00:00Z","ctime":"2026-01-01T00:00:00Z"';
const file = (name: string, rest: string): string =>
  `{"name":"${name}","type":"file","mode":420,${TIMES},"uid":0,"gid":0,${rest}}`;

describe.each(FIXTURE_NAMES)('%s', (name) => {
  let repository: GoldenRepository;
  beforeAll(async () => {
    repository = await GoldenRepository.open(await extractFixture(name), loadExpected(name).passwords[0]!);
  });

  test('every tree', () => {
    let nodes = 0;
    for (const entry of repository.packs.flatMap((pack) => pack.entries)) {
      if (entry.type !== 'tree') continue;
      const bytes = repository.blob('tree', bytesToId(entry.id));
      const want = byParsing(bytes);
      expect(byScanning(bytes)).toEqual(want);
      nodes += want.length;
    }
    expect(nodes).toBeGreaterThan(20);
  });
});

test.each([
  ['no nodes', '{"nodes":[]}\n'],
  ['no newline', `{"nodes":[${file('a', `"content":["${id('a')}"]`)}]}`],
  ['several ids', `{"nodes":[${file('a', `"size":7,"content":["${id('a')}","${id('b')}"]`)}]}\n`],
  ['an escape', `{"nodes":[${file('a', '"content":[]')},${file('b\\\\\\\\', '"content":[]')}]}\n`],
  ['white space', `{ "nodes": [ ${file('a', `"content": [ "${id('c')}" ]`)} ] }`],
  ['a null content', `{"nodes":[${file('a', '"content":null')}]}\n`],
  ['an unknown field', `{"nodes":[${file('a', `"content":["${id('d')}"],"new":1`)}],"more":2}\n`],
  [
    'content of a folder',
    `{"nodes":[{"name":"d","type":"dir","content":["${id('e')}"],"subtree":"${id('f')}"}]}`,
  ],
  ['the largest size', `{"nodes":[${file('a', '"size":18446744073709551615,"content":[]')}]}\n`],
])('%s', (_what, json) => {
  const bytes = Buffer.from(json);
  expect(byScanning(bytes)).toEqual(byParsing(bytes));
});

test.each([
  ['an id that is none', `{"nodes":[${file('a', `"content":["${id('g')}"]`)}]}\n`],
  ['a short id', `{"nodes":[${file('a', `"content":["${'a'.repeat(63)}"]`)}]}\n`],
  ['an unknown type', `{"nodes":[${file('a', '"content":[]').replace('"file"', '"fish"')}]}\n`],
  ['something behind', `{"nodes":[${file('a', '"content":[]')}]}\nx`],
  ['an end too early', `{"nodes":[${file('a', '"content":[]')}`],
])('%s is refused by both', (_what, json) => {
  const bytes = Buffer.from(json);
  expect(() => byParsing(bytes)).toThrow();
  expect(() => byScanning(bytes)).toThrow();
});
