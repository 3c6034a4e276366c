/**
 * What is backed up: the kernel source of Debian (or a copy of a folder that was given) as small files, and two
 * generated large files. Made once into the work folder and kept there. The folder that was given is only read.
 */
import { spawnSync } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { SeededRandom } from './seeded-random.ts';

const PACKAGE = 'linux-source-6.1';
const ARCHIVE = `/usr/src/${PACKAGE}.tar.xz`;
const BLOCK_BYTES = 1 << 20;

/**
 * The small files below `folder`; one of them is changed between runs, hence a copy of what was given.
 * @throws Error with what to do, when there are none
 */
export function prepareSmallFiles(folder: string, given: string | undefined): string {
  if (given !== undefined) return copyGiven(given, path.join(folder, 'copy'));
  const ready = path.join(folder, PACKAGE);
  if (existsSync(ready)) return ready;
  if (!existsSync(ARCHIVE)) installArchive();
  const unpacking = path.join(folder, 'unpacking');
  rmSync(unpacking, { recursive: true, force: true });
  mkdirSync(unpacking, { recursive: true });
  say(`Unpacking ${ARCHIVE}, once ...`);
  runOrThrow('tar', ['-xf', ARCHIVE, '-C', unpacking]);
  renameSync(path.join(unpacking, PACKAGE), ready);
  rmSync(unpacking, { recursive: true });
  return ready;
}

function copyGiven(given: string, copy: string): string {
  if (statSync(given, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Error(`--small: ${given} is no folder.`);
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  say('Copying the folder that was given ...');
  runOrThrow('cp', ['-a', '--reflink=auto', `${given}/.`, copy]);
  return copy;
}

function installArchive(): void {
  const other = `Give a folder of your own: npm run bench -- --small DIR`;
  if (!existsSync('/etc/debian_version'))
    throw new Error(`This is no Debian, there is no ${PACKAGE}. ${other}`);
  if (process.getuid?.() !== 0) {
    throw new Error(`The package ${PACKAGE} is missing and only root can install it. ${other}`);
  }
  say(`Installing by apt: ${PACKAGE}`);
  runOrThrow('apt-get', ['update', '-q']);
  runOrThrow('apt-get', ['install', '-y', '-q', '--no-install-recommends', PACKAGE]);
}

/** A folder with one file that no program can compress and one like text; the same bytes on every machine. */
export function prepareLargeFiles(folder: string, fileBytes: number): string {
  const ready = path.join(folder, `large-${fileBytes}`);
  if (existsSync(ready)) return ready;
  say('Making two large files, once ...');
  const making = `${ready}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  const keystream = createCipheriv('aes-256-ctr', Buffer.alloc(32, 1), Buffer.alloc(16));
  const zeros = Buffer.alloc(BLOCK_BYTES);
  writeBlocks(path.join(making, 'random.bin'), fileBytes, () => keystream.update(zeros));
  writeBlocks(path.join(making, 'text.log'), fileBytes, textMaker());
  renameSync(making, ready);
  return ready;
}

/** Three files that no program can compress and 2 000 small ones like text: what a slow line is given to carry. */
export function prepareFarFiles(folder: string): string {
  const ready = path.join(folder, 'far');
  if (existsSync(ready)) return ready;
  const making = `${ready}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  const keystream = createCipheriv('aes-256-ctr', Buffer.alloc(32, 2), Buffer.alloc(16));
  const zeros = Buffer.alloc(BLOCK_BYTES);
  for (let i = 0; i < 3; i++)
    writeBlocks(path.join(making, `random ${i}`), 16 * BLOCK_BYTES, () => keystream.update(zeros));
  const nextText = textMaker();
  for (let i = 0; i < 2000; i++) {
    const below = path.join(making, `folder ${Math.floor(i / 100)}`);
    mkdirSync(below, { recursive: true });
    const start = (i * 7919) % (BLOCK_BYTES / 2);
    writeFileSync(
      path.join(below, `text ${i}`),
      nextText().subarray(start, start + 2000 + ((i * 31) % 16_000)),
    );
  }
  renameSync(making, ready);
  return ready;
}

function writeBlocks(name: string, bytes: number, nextBlock: () => Buffer): void {
  const file = openSync(name, 'w');
  try {
    for (let rest = bytes; rest > 0;) {
      const block = nextBlock();
      rest -= writeSync(file, block, 0, Math.min(rest, block.length));
    }
  } finally {
    closeSync(file);
  }
}

/** Phrases out of a vocabulary, some far more frequent than others, no two blocks alike. */
function textMaker(): () => Buffer {
  const random = new SeededRandom(1);
  const words = Array.from({ length: 4096 }, () =>
    Array.from({ length: 2 + random.below(9) }, () => String.fromCharCode(97 + random.below(26))).join(''),
  );
  const word = (): string => words[random.skewedBelow(words.length)]!;
  const phrases = Array.from({ length: 65_536 }, () =>
    Buffer.from(`${word()} ${word()} ${word()}${random.below(8) === 0 ? '.\n' : ' '}`),
  );
  return () => {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    for (let at = 0; at < block.length;) {
      at += phrases[random.skewedBelow(phrases.length)]!.copy(block, at);
    }
    return block;
  };
}

function runOrThrow(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${program} failed (${error?.message ?? `exit code ${status}`}).`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
