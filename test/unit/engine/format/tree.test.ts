import { describe, expect, test } from 'vitest';
import { bytesToId, type BlobId } from '#base/ids.ts';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { FormatError } from '#format/format-error.ts';
import { encodeNode, encodeTree, isSafeName, nameOfNodeText, parseTree } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { nodePrimitives } from '#test/support/node-primitives.ts';

const time = '2023-11-21T11:50:16.125167381+05:30';
const idA = 'a1'.repeat(32) as BlobId;
const idB = 'b2'.repeat(32) as BlobId;

const file: TreeNode = {
  name: 'empty.txt' as ByteString,
  type: 'file',
  mode: 420,
  mtime: time,
  atime: time,
  ctime: time,
  uid: 0,
  gid: 0,
  inode: 0n,
  deviceId: 0n,
  size: 0n,
  links: 0,
  device: 0n,
  content: [],
};
const times = `"mtime":"${time}","atime":"${time}","ctime":"${time}"`;
const fileText = `{"name":"empty.txt","type":"file","mode":420,${times},"uid":0,"gid":0,"content":[]}`;

const parse = (nodeText: string): TreeNode =>
  parseTree(Buffer.from(`{"nodes":[${nodeText}]}\n`, 'utf8')).nodes[0] as TreeNode;

describe('canonical nodes', () => {
  const cases: readonly (readonly [string, TreeNode, string])[] = [
    ['empty file', file, fileText],
    [
      'everything a file can have',
      {
        ...file,
        mode: 0,
        user: 'a<b',
        group: 'ü',
        inode: 2n ** 64n - 1n,
        deviceId: 2n ** 53n + 1n,
        size: 12345678901234567890n,
        links: 3,
        content: [idA, idB, idA],
      },
      `{"name":"empty.txt","type":"file",${times},"uid":0,"gid":0,"user":"a\\u003cb","group":"ü",` +
        `"inode":18446744073709551615,"device_id":9007199254740993,"size":12345678901234567890,"links":3,` +
        `"content":["${idA}","${idB}","${idA}"]}`,
    ],
    [
      'symlink',
      {
        ...file,
        name: 'l' as ByteString,
        type: 'symlink',
        mode: 134218239,
        links: 1,
        linkTarget: textToByteString('../ä\n'),
        content: null,
      },
      `{"name":"l","type":"symlink","mode":134218239,${times},"uid":0,"gid":0,"links":1,"linktarget":"../ä\\n","content":null}`,
    ],
    [
      'symlink to bytes that are not UTF-8',
      { ...file, type: 'symlink', linkTarget: 'a\xff' as ByteString, content: null },
      `{"name":"empty.txt","type":"symlink","mode":420,${times},"uid":0,"gid":0,` +
        `"linktarget":"a\\ufffd","linktarget_raw":"Yf8=","content":null}`,
    ],
    [
      'folder',
      { ...file, type: 'dir', mode: 2147484141, content: null, subtree: idA },
      `{"name":"empty.txt","type":"dir","mode":2147484141,${times},"uid":0,"gid":0,"content":null,"subtree":"${idA}"}`,
    ],
    [
      'device',
      { ...file, type: 'chardev', uid: 4294967295, device: 2n ** 63n, content: null },
      `{"name":"empty.txt","type":"chardev","mode":420,${times},"uid":4294967295,"gid":0,"device":9223372036854775808,"content":null}`,
    ],
    [
      'extended attributes',
      {
        ...file,
        extendedAttributes: [
          { name: 'user.a]', value: Buffer.from('hello') },
          { name: 'user.ü', value: Buffer.alloc(0) },
        ],
      },
      `{"name":"empty.txt","type":"file","mode":420,${times},"uid":0,"gid":0,` +
        `"extended_attributes":[{"name":"user.a]","value":"aGVsbG8="},{"name":"user.ü","value":""}],"content":[]}`,
    ],
    [
      'generic attributes',
      {
        ...file,
        genericAttributes: [
          { key: 'windows.creation_time', json: '{"LowDateTime":1,"HighDateTime":2}' },
          { key: 'windows.file_attributes', json: '32' },
          { key: 'windows.security_descriptor', json: '"AQ}=="' },
        ],
      },
      `{"name":"empty.txt","type":"file","mode":420,${times},"uid":0,"gid":0,"generic_attributes":` +
        `{"windows.creation_time":{"LowDateTime":1,"HighDateTime":2},"windows.file_attributes":32,` +
        `"windows.security_descriptor":"AQ}=="},"content":[]}`,
    ],
    ['error', { ...file, error: 'no & no' }, `${fileText.slice(0, -1)},"error":"no \\u0026 no"}`],
  ];

  test.each(cases)('%s', (_what, node, text) => {
    expect(encodeNode(node)).toBe(textToByteString(text));
    expect(parse(text)).toEqual(node);
  });

  test('absent times are written as restic writes its zero time', () => {
    const { mtime, atime, ctime, ...withoutTimes } = file;
    expect([mtime, atime, ctime]).toEqual([time, time, time]);
    expect(encodeNode(withoutTimes)).toBe(fileText.replaceAll(time, '0001-01-01T00:00:00Z'));
    expect(parse(fileText.replace(`${times},`, ''))).toEqual(withoutTimes);
  });

  test('generic attributes are written with their keys in order', () => {
    const node = {
      ...file,
      genericAttributes: [
        { key: 'b', json: '1' },
        { key: 'a', json: '2' },
      ],
    };
    expect(encodeNode(node)).toContain('"generic_attributes":{"a":2,"b":1}');
  });
});

describe('trees', () => {
  test('the empty one has a known id', () => {
    const bytes = encodeTree([]);
    expect(bytesToId(nodePrimitives.sha256(bytes))).toBe(
      'ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8',
    );
    expect(parseTree(bytes)).toEqual({ nodes: [], hasUnknownFields: false });
  });

  const nodeTexts = (...names: string[]): ByteString[] =>
    names.map((name) => encodeNode({ ...file, name: name as ByteString }));

  test.each([
    [['a', 'b', 'c']],
    [['A', 'a', 'a b', 'a-b', 'ab']],
    [['a', 'a"', 'a\\', 'a\xff']],
    [['\x01', '\n', ' ', '"']],
    [['\xee\x80\x80', '\xf0\x9f\x98\x80']],
  ])('ascending by bytes: %j', (names) => {
    const tree = encodeTree(nodeTexts(...names));
    expect(parseTree(tree).nodes.map((node) => node.name as string)).toEqual(names);
    expect(() => encodeTree(nodeTexts(...names.toReversed()))).toThrow(FormatError);
    expect(() => encodeTree(nodeTexts(...names, names.at(-1) as string))).toThrow(FormatError);
  });

  test('the name in a node text', () => {
    const name = '","type":"\\\xff' as ByteString;
    expect(nameOfNodeText(encodeNode({ ...file, name }))).toBe(name);
    expect(() => nameOfNodeText('{"type":"file"}' as ByteString)).toThrow(FormatError);
  });
});

describe('odd JSON', () => {
  const read = (json: string): unknown => parseTree(Buffer.from(json, 'utf8'));
  const one = { nodes: [file], hasUnknownFields: false };

  test.each([
    ['no newline', `{"nodes":[${fileText}]}`],
    ['white space', JSON.stringify({ nodes: [JSON.parse(fileText) as unknown] }, null, 1)],
    ['white space between', `{"nodes":[ ${fileText} ] } \n`],
    ['two newlines', `{"nodes":[${fileText}]}\n\n`],
    [
      'fields in another order',
      `{"nodes":[{"content":[],${fileText.slice(1).replace(',"content":[]', '')}]}`,
    ],
    ['escapes without need', `{"nodes":[${fileText.replace('empty', '\\u0065mpty')}]}`],
    ['octal in the name', `{"nodes":[${fileText.replace('empty', '\\\\145mpty')}]}`],
    ['zeros written out', `{"nodes":[${fileText.replace('"content"', '"size":0,"links":0,"content"')}]}`],
    ['other case of keys', `{"nodes":[${fileText.replace('"uid"', '"UID"')}]}`],
    ['null parts', `{"nodes":[${fileText.replace('"content"', '"extended_attributes":null,"content"')}]}`],
  ])('%s', (_what, json) => {
    expect(read(json)).toEqual(one);
  });

  test.each([
    ['in a node', `{"nodes":[${fileText.replace('"uid"', '"new":{"a":[1]},"uid"')}]}`],
    ['in the tree', `{"nodes":[${fileText}],"new":1}`],
    ['before the nodes', `{"new":1,"nodes":[${fileText}]}`],
  ])('an unknown field %s is reported', (_what, json) => {
    expect(read(json)).toEqual({ ...one, hasUnknownFields: true });
  });

  test('an unknown field of an attribute is reported', () => {
    const attribute = '"extended_attributes":[{"name":"user.a","value":null,"x":1}],"content"';
    const tree = parseTree(Buffer.from(`{"nodes":[${fileText.replace('"content"', attribute)}]}\n`));
    expect(tree.hasUnknownFields).toBe(true);
    expect(tree.nodes[0]?.extendedAttributes).toEqual([{ name: 'user.a', value: new Uint8Array(0) }]);
  });

  test('a raw link target wins', () => {
    const link = '"linktarget":"wrong","linktarget_raw":"Yf8=","content"';
    expect(parse(fileText.replace('"content"', link)).linkTarget).toBe('a\xff');
    expect(parse(fileText.replace('"content"', `"x":1,${link}`)).linkTarget).toBe('a\xff');
  });

  test('absent, null and empty nodes', () => {
    expect(read('{}')).toEqual({ nodes: [], hasUnknownFields: false });
    expect(read('{"nodes":null}')).toEqual({ nodes: [], hasUnknownFields: false });
    expect(read('{"nodes":[{"name":"x","type":"file"}]}')).toMatchObject({
      nodes: [{ content: null, size: 0n }],
    });
  });

  test.each(['', '.', '..', 'a/b', '/', 'nul\\\\x00'])('the name %j is read, but is not safe', (name) => {
    const node = parse(fileText.replace('empty.txt', name));
    expect(node.name).toBe(name.replace('\\\\x00', '\0'));
    expect(isSafeName(node.name)).toBe(false);
  });

  test.each(['a', '...', '.a', ' ', '\xff', '-', 'a\\b', 'C:'])('the name %j is safe', (name) => {
    expect(isSafeName(name as ByteString)).toBe(true);
  });
});

describe('damage', () => {
  const good = `{"nodes":[${fileText}]}\n`;
  test.each([
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['cut off', good.slice(0, -10)],
    ['text behind', `${good}x`],
    ['missing comma', good.replace(fileText, `${fileText}${fileText}`)],
    ['comma too many', good.replace(fileText, `${fileText},`)],
    ['no node', good.replace(fileText, '1')],
    ['unknown type', good.replace('"file"', '"fole"')],
    ['mode too large', good.replace('420', '4294967296')],
    ['mode negative', good.replace('420', '-1')],
    ['mode not whole', good.replace('420', '4.5')],
    ['mode with a leading zero', good.replace('420', '0420')],
    ['inode too large', good.replace('"content"', '"inode":18446744073709551616,"content"')],
    ['short content id', good.replace('[]', '["a1"]')],
    ['content of no digits', good.replace('[]', `["${'z'.repeat(64)}"]`)],
    ['content without quotes', good.replace('[]', `[${idA}]`)],
    ['content with another separator', good.replace('[]', `["${idA}";"${idA}"]`)],
    ['bad subtree', good.replace('[]', '[],"subtree":"a1"')],
    ['name badly quoted', good.replace('empty', "\\\\'")],
    ['name with a bad escape', good.replace('empty', '\\x')],
    ['raw control in a string', good.replace('empty', '\x01')],
    ['bad base64', good.replace('"content"', '"linktarget_raw":"a","content"')],
    ['bad attribute', good.replace('"content"', '"extended_attributes":[1],"content"')],
    ['bad attributes', good.replace('"content"', '"generic_attributes":{"a":{},},"content"')],
    ['time is no string', good.replace(`"mtime":"${time}"`, '"mtime":1')],
  ])('%s', (_what, json) => {
    expect(json).not.toBe(good);
    expect(() => parseTree(Buffer.from(json))).toThrow(FormatError);
  });
});
