import type { ByteString } from '#base/byte-string.ts';
import { textToByteString } from '#base/byte-string.ts';
import { LinuxTargetFiles } from '#files/linux/linux-target-files.ts';
import { describeTargetFiles } from '#test/suites/target-files-suite.ts';
import { codeOf } from '#test/suites/source-files-suite.ts';
import { asNobody, isRoot } from '#test/support/as-nobody.ts';
import { metadataOf } from '#test/support/mirror-tree.ts';
import { removeTree } from '#test/support/tree-zoo.ts';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';

describeTargetFiles('linux', () => new LinuxTargetFiles(), {
  attributes: true,
  nodes: true,
  longPaths: true,
  exactTimes: true,
});

let base: string;
beforeEach(() => {
  base = fs.mkdtempSync(path.join(tmpdir(), 'tidemark-linux-target-'));
});
afterEach(() => {
  removeTree(base);
});

test('the root itself may lie deeper than one path can say', () => {
  const deep = `${base}/${Array(20).fill('d'.repeat(250)).join('/')}` as ByteString;
  const root = new LinuxTargetFiles().openRoot(deep);
  const file = root.createFile([textToByteString('file')]);
  file.write(Buffer.from('found'), 0);
  file.close();
  root.close();
  const again = new LinuxTargetFiles().openRoot(deep);
  expect(again.stat([textToByteString('file')])?.sizeBytes).toBe(5);
  expect(again.freeSpaceBytes()).toBeGreaterThan(0);
  again.close();
});

const unlessRoot = isRoot ? '' : ' (SKIPPED: needs root to become another user)';
test.runIf(isRoot)(`set-group-id that the system drops without a word is told${unlessRoot}`, () => {
  // New files get the folder's group, of which the user is no member.
  fs.chmodSync(base, 0o755);
  const target = path.join(base, 'target');
  fs.mkdirSync(target);
  fs.chownSync(target, 65534, 12345);
  fs.chmodSync(target, 0o2755);
  asNobody(() => {
    const root = new LinuxTargetFiles().openRoot(textToByteString(target));
    const at = [textToByteString('file')];
    root.createFile(at).close();
    const metadata = { ...metadataOf(root.stat(at)!), permissions: 0o2755 };
    expect(metadata.gid).toBe(12345);
    expect(root.applyMetadata(at, metadata)).toEqual([
      { what: 'permissions', detail: '', reason: 'the system did not accept the set-id or sticky bits' },
    ]);
    root.close();
  });
});

test('a folder swapped for a link over and over never lets a file out', async () => {
  const target = path.join(base, 'target');
  const outside = path.join(base, 'outside');
  fs.mkdirSync(path.join(target, 'real'), { recursive: true });
  fs.mkdirSync(outside);
  fs.symlinkSync(outside, path.join(target, 'link'));
  // Exchanges the two by three renames, without end.
  const swapper = new Worker(
    `const fs = require('node:fs');
     const { workerData: dir, parentPort } = require('node:worker_threads');
     parentPort.postMessage('ready');
     for (;;) {
       fs.renameSync(dir + '/real', dir + '/x');
       fs.renameSync(dir + '/link', dir + '/real');
       fs.renameSync(dir + '/real', dir + '/link');
       fs.renameSync(dir + '/x', dir + '/real');
     }`,
    { eval: true, workerData: target },
  );
  await new Promise((resolve) => swapper.once('message', resolve));
  const outcomes = new Set<string>();
  try {
    for (let i = 0; i < 4000; i += 1) {
      // A new root each time, so that every walk meets the swapping.
      const root = new LinuxTargetFiles().openRoot(textToByteString(target));
      const at = [textToByteString('real'), textToByteString(`file-${String(i)}`)];
      outcomes.add(
        codeOf(() => {
          root.createFile(at).close();
        }),
      );
      root.close();
    }
  } finally {
    await swapper.terminate();
  }
  expect(fs.readdirSync(outside)).toEqual([]);
  // The race did happen, and was both won and lost.
  expect([...outcomes].toSorted()).toEqual(expect.arrayContaining(['ENOTDIR', 'no error']));
});
