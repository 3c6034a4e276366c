/** Addresses of contents, and the names under which files are given out: the path comes through whole, hostile names do not. */
import { expect, test } from 'vitest';
import {
  contentAddress,
  handOutAddress,
  readContentAddress,
  savingAddress,
} from '#contract/app/content-address.ts';
import { safeFileName } from '#contract/app/file-name.ts';
import type { WirePath } from '#contract/app/values.ts';

const snapshotId = 'd'.repeat(64);
const bytes = (latin1: string): WirePath => ({ base64: Buffer.from(latin1, 'latin1').toString('base64') });

test.each<[string, WirePath]>([
  ['a path', '/home/me/letter.txt'],
  ['no English', '/home/jürgen/Größe €.txt'],
  ['what an address would take for its own', '/a?b#c%2f/../d&e;f'],
  ['control signs', '/a\r\nb\0c'],
  ['no text', bytes('/a\xff\xfe/b')],
  ['as long as systems take', `/${'x'.repeat(4_095)}`],
])('%s comes back as it was', (_, path) => {
  const address = contentAddress({ placeId: 'a/b ü', snapshotId, path });
  expect(address).toMatch(/^\/content\/[\w%]+\/d{64}\/[\w-]+\/[\w%.()~!*'-]+$/);
  const read = readContentAddress(new URL(address, 'http://127.0.0.1:1').pathname);
  const want = typeof path === 'string' ? Buffer.from(path, 'utf8').toString('base64') : path.base64;
  const content = { placeId: 'a/b ü', snapshotId, path: { base64: want } };
  expect(read).toEqual({ kind: 'file', content, isSaved: false });
  const saved = savingAddress({ placeId: 'a/b ü', snapshotId, path });
  expect(saved).toBe(`${address}?save`);
  expect(readContentAddress(saved)).toEqual({ kind: 'file', content, isSaved: true });
});

test('of what was handed out, the job alone counts', () => {
  const jobId = '0123456789abcdef'.repeat(2);
  const address = handOutAddress(jobId, 'Letters (from Tue 3 Nov).zip');
  expect(address).toBe(`/content/${jobId}/Letters%20(from%20Tue%203%20Nov).zip`);
  expect(readContentAddress(address)).toEqual({ kind: 'handOut', jobId });
  for (const other of [
    handOutAddress('..%2f..', 'a.zip'),
    handOutAddress(jobId.toUpperCase(), 'a.zip'),
    handOutAddress(jobId.slice(1), 'a.zip'),
    `/content/${jobId}/`,
    `/content/${jobId}`,
    `/content/${jobId}/a/b.zip`,
  ])
    expect(readContentAddress(other), other).toBeUndefined();
});

test.each<[WirePath, string]>([
  ['/a/letter.txt', 'letter.txt'],
  ['/Größe €.txt', 'Größe €.txt'],
  ['/a\nb:c"d\\e.txt', 'a_b_c_d_e.txt'],
  ['/\u202egpj.exe', '_gpj.exe'],
  ['/.profile', '.profile'],
  ['/..', '_'],
  ['/', '_'],
  ['/a. . ', 'a'],
  ['/con.txt', '_con.txt'],
  ['/COM1', '_COM1'],
  ['/console.txt', 'console.txt'],
  [bytes('/a\xff.txt'), 'a_.txt'],
  ['/<script>.html', '_script_.html'],
  [`/${'ü'.repeat(300)}.jpeg`, `${'ü'.repeat(97)}.jpeg`],
  [`/${'x'.repeat(300)}`, 'x'.repeat(200)],
])('%j is given out as %s', (path, name) => expect(safeFileName(path)).toBe(name));
