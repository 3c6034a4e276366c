/** A comparison that misses something would let every test of backup and restore pass: each kind of difference is planted once. */
import { isRoot } from '#test/support/as-nobody.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { makeNode, setAttribute, setTimesNs } from '#test/support/raw-posix.ts';
import { buildZoo, removeTree } from '#test/support/tree-zoo.ts';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

let base: string;
beforeAll(() => {
  base = fs.mkdtempSync(path.join(tmpdir(), 'tidemark-compare-'));
});
afterAll(() => {
  removeTree(base);
});

test('two trees built alike are equal, deep places included', () => {
  buildZoo(`${base}/a`, { asRoot: isRoot });
  buildZoo(`${base}/b`, { asRoot: isRoot });
  expect(compareTrees(`${base}/a`, `${base}/b`)).toEqual([]);
});

const plantings: readonly (readonly [string, string, (tree: string) => void, RegExp])[] = [
  [
    'content',
    'text.txt',
    (at) => {
      fs.writeFileSync(at, 'hello, TIDE\n');
    },
    /^text\.txt: content/,
  ],
  [
    'size',
    'text.txt',
    (at) => {
      fs.truncateSync(at, 3);
    },
    /^text\.txt: size 12 != 3$/,
  ],
  [
    'mode',
    'modes/file-4755',
    (at) => {
      fs.chmodSync(at, 0o755);
    },
    /permissions 4755 != 755$/,
  ],
  [
    'one nanosecond',
    'times/epoch',
    (at) => {
      setTimesNs(Buffer.from(at), 1n);
    },
    /mtime 0 != 1$/,
  ],
  [
    'time of a folder',
    'many',
    (at) => {
      setTimesNs(Buffer.from(at), 1n);
    },
    /^many: mtime/,
  ],
  [
    'time of a link',
    'links/relative',
    (at) => {
      setTimesNs(Buffer.from(at), 1n);
    },
    /^links\/relative: mtime/,
  ],
  [
    'a missing file',
    'many/file-7',
    (at) => {
      fs.rmSync(at);
    },
    /^many\/file-7: missing/,
  ],
  [
    'an extra file',
    'many/other',
    (at) => {
      fs.writeFileSync(at, '');
    },
    /^many\/other: extra/,
  ],
  [
    'kind',
    'special/fifo',
    (at) => {
      fs.rmSync(at);
      fs.writeFileSync(at, '', { mode: 0o640 });
    },
    /^special\/fifo: kind/,
  ],
  [
    'link target',
    'links/dangling',
    (at) => {
      fs.rmSync(at);
      fs.symlinkSync('other', at);
    },
    /target does-not-exist != other$/,
  ],
  [
    'attribute value',
    'attributes/file',
    (at) => {
      setAttribute(Buffer.from(at), 'user.comment', Buffer.of(1));
    },
    /attribute user\.comment/,
  ],
  [
    'an extra attribute',
    'attributes/folder',
    (at) => {
      setAttribute(Buffer.from(at), 'user.new', Buffer.of(1));
    },
    /attribute user\.new missing != 01$/,
  ],
  [
    'a lost hard link',
    'hard/one-b',
    (at) => {
      const data = fs.readFileSync(at);
      fs.rmSync(at);
      fs.writeFileSync(at, data, { mode: 0o644 });
    },
    /hard links hard\/one-a = hard\/one-b/,
  ],
  [
    'a false hard link',
    'hard/twin-content-2',
    (at) => {
      fs.rmSync(at);
      fs.linkSync(at.replace('-2', '-1'), at);
    },
    /hard links hard\/twin-content-2 !=/,
  ],
  [
    'a filled hole',
    'sparse/hole-at-end',
    (at) => {
      const data = fs.readFileSync(at);
      fs.writeFileSync(at, data);
    },
    /disk space/,
  ],
];

test.for(plantings)('sees a difference in %s', ([, where, plant, expected]) => {
  buildZoo(`${base}/changed`, { asRoot: false, omit: ['deep'] });
  buildZoo(`${base}/original`, { asRoot: false, omit: ['deep'] });
  plant(path.join(base, 'changed', where));
  expect(compareTrees(`${base}/original`, `${base}/changed`)).toContainEqual(expect.stringMatching(expected));
  removeTree(`${base}/changed`);
  removeTree(`${base}/original`);
});

const unlessRoot = isRoot ? '' : ' (SKIPPED: needs root)';
test.runIf(isRoot)(`sees a difference in owner and device number${unlessRoot}`, () => {
  for (const side of ['one', 'two']) fs.mkdirSync(`${base}/${side}`);
  const { S_IFCHR } = fs.constants;
  makeNode(Buffer.from(`${base}/one/device`), S_IFCHR | 0o600, 0x103n);
  makeNode(Buffer.from(`${base}/two/device`), S_IFCHR | 0o600, 0x104n);
  fs.chownSync(`${base}/two/device`, 1, 0);
  const found = compareTrees(`${base}/one`, `${base}/two`, { ignore: ['times', 'root'] });
  expect(found).toEqual(['device: owner 0:0 != 1:0', 'device: device 259 != 260']);
});
