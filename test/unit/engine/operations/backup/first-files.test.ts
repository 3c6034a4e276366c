/** Which few files go ahead of the first version of much. */
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { textToByteString, toDisplay } from '#base/byte-string.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { findFirstFiles } from '#operations/backup/first-files.ts';
import { CACHE_FOLDER_TAG } from '#rules/tagged-exclude.ts';

const NOW_SEC = Date.UTC(2026, 0, 15) / 1000;
const SETTINGS = {
  ignoreInode: false,
  ignoreCtime: false,
  withAtime: false,
  trustsParentAttributes: false,
  onlyDevices: undefined,
  exclude: { patterns: [textToByteString('*.tmp.txt'), textToByteString('node_modules')] },
  folderTags: [CACHE_FOLDER_TAG],
  excludeLargerThanBytes: undefined,
};

let home: string;
beforeEach(() => void (home = realpathSync(mkdtempSync(path.join(tmpdir(), 'tidemark-first-')))));
afterEach(() => rmSync(home, { recursive: true }));

function write(name: string, bytes: number, ageSec = 0): void {
  const file = path.join(home, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
  truncateSync(file, bytes);
  utimesSync(file, NOW_SEC - ageSec, NOW_SEC - ageSec);
}

async function find(monotonicMs: () => number = () => 0): Promise<{ names: string[]; isMuch: boolean }> {
  const source = textToByteString(home);
  const { paths, isMuch } = await findFirstFiles(createSourceFiles(), [source], SETTINGS, monotonicMs);
  return { names: paths.map((each) => path.relative(home, toDisplay(each))), isMuch };
}

test('what people write themselves, small, the newest first; nothing that is left out anyway', async () => {
  write('film.mkv', 65_000_000);
  write('old.docx', 40_000, 900);
  write('Letters/new.pdf', 30_000, 5);
  write('Letters/KEYS.KDBX', 2_000, 10);
  write('scan.pdf', 1_000_001, 1);
  write('empty.txt', 0, 1);
  write('library.so', 500, 1);
  write('draft.tmp.txt', 500, 1);
  write('node_modules/readme.md', 500, 1);
  write('cache/notes.txt', 500, 1);
  writeFileSync(path.join(home, 'cache/CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55');
  expect(await find()).toEqual({
    names: ['Letters/new.pdf', 'Letters/KEYS.KDBX', 'old.docx'],
    isMuch: true,
  });
});

test('no more than a slow line carries soon: what does not fit is passed over', async () => {
  write('film.mkv', 65_000_000);
  for (const at of [1, 2, 3, 4]) write(`${at}.pdf`, 990_000, at);
  write('5.pdf', 50_000, 5);
  write('6.pdf', 39_000, 6);
  expect((await find()).names).toEqual(['1.pdf', '2.pdf', '3.pdf', '4.pdf', '6.pdf']);
});

test('at most 200, the newest of all', async () => {
  for (let at = 0; at < 5_200; at++) write(`${at}.txt`, 10, (at * 7919) % 5_200);
  const { names, isMuch } = await find();
  const newest = Array.from({ length: 5_200 }, (_, at) => at)
    .sort((a, b) => ((a * 7919) % 5_200) - ((b * 7919) % 5_200))
    .slice(0, 200);
  expect(names).toEqual(newest.map((at) => `${at}.txt`));
  expect(isMuch).toBe(true);
});

test('little is no matter: its first version is there as soon', async () => {
  write('film.mkv', 60_000_000);
  write('letter.txt', 10);
  expect(await find()).toEqual({ names: ['letter.txt'], isMuch: false });
});

test('what takes long to look through is much; what was seen by then counts', async () => {
  write('letter.txt', 10);
  write('deep/down/below.txt', 10);
  let atMs = 0;
  const found = await find(() => (atMs += 900));
  expect(found).toEqual({ names: ['letter.txt'], isMuch: true });
});
