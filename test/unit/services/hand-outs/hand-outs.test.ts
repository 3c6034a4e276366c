/** The private folder of what goes to other programs: whose it is, what is seen in it, and when it is gone. */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HAND_OUT_MS, HandOuts, MOST_OPENED, MOST_OPENED_BYTES } from '#services/hand-outs/hand-outs.ts';
import { isRoot } from '#test/support/as-nobody.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

const NOBODY = 65534;

let base: string;
let root: string;
let clock: FakeClock;
let handOuts: HandOuts;

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'tidemark-hand-outs-'));
  root = path.join(base, 'cache', 'handed-out');
  clock = new FakeClock();
  handOuts = new HandOuts(root, clock);
});
afterEach(async () => {
  await handOuts.close();
  rmSync(base, { recursive: true, force: true });
});

const modeOf = (file: string): number => statSync(file).mode & 0o777;

test('its folders are for the owner alone, also where one was there with other rights', async () => {
  mkdirSync(root, { recursive: true, mode: 0o755 });
  chmodSync(root, 0o755);
  const folder = await handOuts.make('one');
  expect([modeOf(root), modeOf(folder)]).toEqual([0o700, 0o700]);
});

test('what a restore keeps for itself is not seen, and every name is text', async () => {
  const folder = await handOuts.make('one');
  mkdirSync(path.join(folder, '.tidemark-undo', 'x'), { recursive: true });
  writeFileSync(path.join(folder, 'a_.txt'), 'taken');
  writeFileSync(
    Buffer.concat([Buffer.from(`${folder}/a`), Buffer.from([0xff]), Buffer.from('.txt')]),
    'bytes',
  );
  mkdirSync(path.join(folder, 'Größe'));
  await handOuts.settle('one');
  expect(readdirSync(folder).toSorted()).toEqual(['Größe', 'a_ (2).txt', 'a_.txt']);
  expect(readFileSync(path.join(folder, 'a_ (2).txt'), 'utf8')).toBe('bytes');
  expect((await handOuts.files('one')).toSorted()).toEqual(
    ['Größe', 'a_ (2).txt', 'a_.txt'].map((name) => path.join(folder, name)),
  );
});

test('one file is read by parts; several, and a folder, are not', async () => {
  const folder = await handOuts.make('one');
  writeFileSync(path.join(folder, 'a.zip'), '0123456789');
  const part = (text: string): string => Buffer.from(text).toString('base64');
  expect(await handOuts.read('one', 3, 4)).toEqual({
    name: 'a.zip',
    sizeBytes: 10,
    offset: 3,
    base64: part('3456'),
  });
  expect((await handOuts.read('one', 8, 4)).base64).toBe(part('89'));
  expect((await handOuts.read('one', 12, 4)).base64).toBe('');
  writeFileSync(path.join(folder, 'b.zip'), '');
  await expect(handOuts.read('one', 0, 4)).rejects.toMatchObject({ code: 'request.invalidInput' });
  const other = await handOuts.make('two');
  mkdirSync(path.join(other, 'folder'));
  await expect(handOuts.read('two', 0, 4)).rejects.toMatchObject({ code: 'request.invalidInput' });
});

test('an id that was not made here is no path', async () => {
  await handOuts.make('one');
  writeFileSync(path.join(base, 'secret'), 'secret');
  mkdirSync(path.join(root, 'stranger'));
  for (const id of ['..', '../..', '.', '', 'stranger', 'one/..', path.join(base, 'secret')]) {
    const refused = { code: 'request.notFound' };
    await expect(handOuts.files(id), id).rejects.toMatchObject(refused);
    await expect(handOuts.read(id, 0, 1), id).rejects.toMatchObject(refused);
    await handOuts.remove(id);
  }
  expect(existsSync(path.join(base, 'secret'))).toBe(true);
  expect(existsSync(path.join(root, 'stranger'))).toBe(true);
});

test('gone after a day, when told to, and at the next start; not before', async () => {
  const first = await handOuts.make('one');
  const second = await handOuts.make('two');
  await handOuts.remove('two');
  expect(existsSync(second)).toBe(false);
  await clock.advance(HAND_OUT_MS - 1);
  expect(existsSync(first)).toBe(true);
  await clock.advance(1);
  await expect.poll(() => existsSync(first)).toBe(false);
  await expect(handOuts.files('one')).rejects.toMatchObject({ code: 'request.notFound' });
  const third = await handOuts.make('three');
  await handOuts.close();
  expect(existsSync(third)).toBe(true);
  await new HandOuts(root, clock).clear();
  expect(existsSync(root)).toBe(false);
});

test('a folder that came read-only is removed all the same', async () => {
  const folder = await handOuts.make('one');
  const inner = path.join(folder, 'Locked', 'Inner');
  mkdirSync(inner, { recursive: true });
  writeFileSync(path.join(inner, 'a.txt'), 'a');
  chmodSync(inner, 0o500);
  chmodSync(path.dirname(inner), 0o500);
  await withoutRoot([base, path.dirname(root), root, folder, path.dirname(inner), inner], () =>
    handOuts.remove('one'),
  );
  expect(existsSync(folder)).toBe(false);
});

async function makeCopy(id: string, name: string, content: string | Uint8Array = 'x'): Promise<string> {
  const file = path.join(await handOuts.make(id), name);
  writeFileSync(file, content, { mode: 0o755 });
  return file;
}

test('opened is a read-only copy under a harmless name; it goes at the end, and what was dragged out stays', async () => {
  const dragged = await makeCopy('dragged', 'a.txt');
  const file = await makeCopy('one', 'bill \u202efdp.txt');
  const copy = await handOuts.prepareToOpen('one');
  expect([path.basename(copy), path.dirname(copy)]).toEqual(['bill _fdp.txt', path.dirname(file)]);
  expect([readFileSync(copy, 'utf8'), modeOf(copy), existsSync(file)]).toEqual(['x', 0o400, false]);
  expect(await handOuts.prepareToOpen('one')).toBe(copy);
  await handOuts.close();
  expect([existsSync(path.dirname(copy)), existsSync(dragged)]).toEqual([false, true]);
});

test.each<[string, string | Uint8Array]>([
  ['setup.exe', 'x'],
  ['letter.pdf.LNK', 'x'],
  ['letter.exe. .', 'x'],
  ['app.desktop', 'x'],
  ['run.sh', 'echo'],
  ['letter.txt', '#!/bin/sh\n'],
  ['letter', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2)],
  ['picture.png', 'MZ\u0090'],
  ['notes', '# mine\n\n[Desktop Entry]\nExec=sh\n'],
])('%s would run, so it is not opened and does not stay', async (name, content) => {
  const file = await makeCopy('one', name, content);
  await expect(handOuts.prepareToOpen('one')).rejects.toMatchObject({ code: 'files.wouldRun' });
  expect(existsSync(path.dirname(file))).toBe(false);
});

test('only one file is opened: no folder, no link, not several, nothing of a stranger', async () => {
  const refused = { code: 'request.invalidInput' };
  mkdirSync(path.join(await handOuts.make('folder'), 'a'));
  await expect(handOuts.prepareToOpen('folder')).rejects.toMatchObject(refused);
  symlinkSync('/etc/passwd', path.join(await handOuts.make('link'), 'a.txt'));
  await expect(handOuts.prepareToOpen('link')).rejects.toMatchObject(refused);
  const file = await makeCopy('two', 'a.txt');
  writeFileSync(path.join(path.dirname(file), 'b.txt'), '');
  await expect(handOuts.prepareToOpen('two')).rejects.toMatchObject(refused);
  await expect(handOuts.prepareToOpen('../config')).rejects.toMatchObject({ code: 'request.notFound' });
});

test('so many are open, and so much is in them; the oldest go first', async () => {
  const copies: string[] = [];
  for (let at = 0; at < MOST_OPENED + 2; at++) {
    await makeCopy(`few${at}`, 'a.txt');
    copies.push(await handOuts.prepareToOpen(`few${at}`));
  }
  expect(copies.map((copy) => existsSync(copy)).indexOf(true)).toBe(2);
  truncateSync(await makeCopy('large', 'film.mp4'), MOST_OPENED_BYTES);
  const large = await handOuts.prepareToOpen('large');
  expect([copies.some((copy) => existsSync(copy)), existsSync(large)]).toEqual([false, true]);
  truncateSync(await makeCopy('larger', 'film.mp4'), MOST_OPENED_BYTES + 1);
  const larger = await handOuts.prepareToOpen('larger');
  expect([existsSync(large), existsSync(larger)]).toEqual([false, true]);
});

/** Root takes out of every folder. Nothing else may go on meanwhile. */
async function withoutRoot(owned: readonly string[], work: () => Promise<void>): Promise<void> {
  if (!isRoot) return work();
  for (const each of owned) chownSync(each, NOBODY, NOBODY);
  process.seteuid?.(NOBODY);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}
