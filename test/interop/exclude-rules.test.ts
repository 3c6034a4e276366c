/**
 * The same patterns over the same tree, by the real restic and by our filters: what a backup takes and what a
 * restore picks must be the same set. Pattern lists: hand-made ones, then random ones from a small alphabet
 * (TIDEMARK_PATTERN_LISTS says how many, TIDEMARK_PATTERN_SEED which).
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  byteStringToBytes,
  bytesToByteString,
  textToByteString,
  type ByteString,
} from '#base/byte-string.ts';
import { isTidemarkError } from '#base/errors.ts';
import { parseExcludeFile } from '#rules/exclude-file.ts';
import { createExcludeFilter, createIncludeFilter, type PatternOptions } from '#rules/exclude-rules.ts';
import { giveCheapKeyAt } from '#test/support/cheap-key.ts';
import { NO_RESTIC, resticPrograms, type ResticProgram } from '#test/support/restic.ts';

const execFileAsync = promisify(execFile);

const PROGRAMS = resticPrograms();

const latin = (text: string): ByteString => text as ByteString;
const utf8 = textToByteString;

const FILES: readonly ByteString[] = [
  'plain',
  'a',
  'b.tmp',
  'B.TMP',
  'foo.c',
  'foo.h',
  'core',
  'core.1',
  '.hidden',
  'x y',
  '#hash',
  '!bang',
  'a/a',
  'a/b',
  'a/b.tmp',
  'a/foo/bar/baz',
  'a/foo/x/bar/baz',
  'a/foo/x/y/bar',
  'a/x/b',
  'a/x/b/c',
  'a/b/x',
  'b/a/b/a',
  'b/foo/foo/bar',
  'foo/bar',
  'foo/a/bar/b',
  'Foo/Bar/BAZ',
  'bar/foo/a/b/bar/c',
  'node_modules/x/y',
  'star*',
  'q?',
  'br[a]',
  'br]',
  'back\\slash',
  'br-',
  'a^b',
  'lit$x',
]
  .map(latin)
  .concat(['é', 'É', 'ée', 'ä/ö', 'Ä/Ö', 'ΣΑΣ', 'σας', 'İ', 'i', '日本/語', '💾'].map(utf8))
  .concat(['\xff', '\xff\xfe', 'x\xe9y', '\xc3', '\xed\xa0\x80', 'caf\xe9/a'].map(latin));

const HAND_MADE: readonly string[][] = [
  ['*.tmp'],
  ['foo'],
  ['/foo'],
  ['ROOT/foo'],
  ['ROOT/foo/'],
  ['ROOT/foo/*'],
  ['foo/**/bar'],
  ['ROOT/**/bar'],
  ['a/**/b/**'],
  ['ROOT/a/**/b/**'],
  ['**/foo/**/bar/**'],
  ['ROOT/**/x/**'],
  ['a/**'],
  ['**'],
  ['*', '!foo'],
  ['ROOT/*', '!ROOT/a'],
  ['ROOT/**/*', '!ROOT/a', '!ROOT/a/**', 'b'],
  ['*', '!*.tmp', 'a'],
  ['!a', 'a'],
  ['a', '!a', 'b', '!b.tmp'],
  ['?'],
  ['??'],
  ['*?'],
  [utf8('[é-ü]')],
  ['[\xe9-\xfc]'],
  ['[a'],
  ['x\\'],
  ['[]a]'],
  ['[a-]'],
  ['a/[^]/b'],
  ['[^a-z]'],
  ['[!a]*'],
  ['br[[]a]'],
  ['br\\[a\\]'],
  ['br]'],
  ['star\\*'],
  ['q\\?'],
  ['back\\\\slash'],
  ['\\#hash'],
  ['\\!bang'],
  ['*\xe9*'],
  ['\xff?'],
  ['?\xfe'],
  ['[\\^a]*'],
  ['br[-]'.replace('[-]', '[\\-]')],
  ['./a/../foo//bar'],
  ['../foo'],
  ['a/./b'],
  ['lit$$x'],
  ['$NAME'],
  ['${NAME}.c'],
  ['  foo  ', '# foo/a', '', 'core*'],
  ['core\r'],
  ['*/*/*'],
  ['ROOT/*/*'],
  ['!'],
  ['.'],
  ['/'],
  ['x*y'],
  ['x\\\xe9y'],
  ['*o'],
  ['f*o*'],
  ['*a*b*'],
  ['\xc3'],
  ['\xed\xa0\x80'],
  ['???'],
];

/** Alphabet of the random lists: small, so that patterns meet the names of the tree. */
const PARTS = [
  '*',
  '**',
  '**',
  '?',
  'a',
  'b',
  'foo',
  'bar',
  'x',
  '*.tmp',
  '[ab]',
  '[^a]',
  'f*',
  '*r',
  '*o*',
  'b*z',
  '[a-f]*',
  '..',
  utf8('é'),
  utf8('[é-ö]'),
  'A',
  'FOO',
  '\xff',
  '*\xe9*',
  utf8('İ'),
  utf8('ς'),
];

let folder = '';
let root = '';

function fromEnvironment(name: string, fallback: number): number {
  const text = process.env[name];
  return text === undefined ? fallback : Number(text);
}

function randomLists(count: number, seed: number): string[][] {
  let state = seed;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % limit;
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + next(4) }, () => {
      const parts = Array.from({ length: 1 + next(5) }, () => PARTS[next(PARTS.length)] as string);
      const start = ['', '', 'ROOT/', '/', '**/'][next(5)] as string;
      return `${next(4) === 0 ? '!' : ''}${start}${parts.join('/')}${next(6) === 0 ? '/' : ''}`;
    }),
  );
}

function patternFile(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => line.replace('ROOT', root)).join('\n') + '\n', 'latin1');
}

/** Paths in restic's lists, as bytes. Newer versions quote what is not printable. */
function unquote(text: string): ByteString {
  if (!text.startsWith('"')) return latin(text);
  const bytes: number[] = [];
  const body = text.slice(1, -1);
  for (let index = 0; index < body.length; index++) {
    if (body[index] !== '\\') {
      bytes.push(body.charCodeAt(index));
      continue;
    }
    const kind = body[++index] as string;
    if (kind === 'x') {
      bytes.push(Number.parseInt(body.slice(index + 1, index + 3), 16));
      index += 2;
    } else if (kind === 'u' || kind === 'U') {
      const digits = kind === 'u' ? 4 : 8;
      bytes.push(
        ...Buffer.from(String.fromCodePoint(Number.parseInt(body.slice(index + 1, index + 1 + digits), 16))),
      );
      index += digits;
    } else bytes.push(kind.charCodeAt(0));
  }
  return bytesToByteString(Uint8Array.from(bytes));
}

interface Case {
  readonly ignoreCase: boolean;
  readonly lines: readonly string[];
}

function optionsOf({ ignoreCase, lines }: Case): PatternOptions {
  const patterns = parseExcludeFile(patternFile(lines), { NAME: 'foo' });
  return ignoreCase ? { patterns: [], ignoreCasePatterns: patterns } : { patterns };
}

/** Walks as the archiver does: a folder that is excluded is not entered. Newer versions never exclude the target itself. */
function ourBackup(options: PatternOptions, sparesTarget: boolean): ByteString[] {
  const filter = createExcludeFilter(options);
  const taken: ByteString[] = [];
  const visit = (path: ByteString, isDir: boolean): void => {
    const isFree = sparesTarget && path === utf8(root);
    if (!isFree && filter.isExcluded(path, isDir)) return;
    taken.push(isDir ? latin(`${path}/`) : path);
    if (!isDir) return;
    for (const entry of readdirSync(byteStringToBytes(path), { withFileTypes: true, encoding: 'buffer' })) {
      visit(latin(`${path}/${bytesToByteString(entry.name)}`), entry.isDirectory());
    }
  };
  visit(utf8(root), true);
  return taken.sort();
}

async function runRestic(program: ResticProgram, args: readonly string[]): Promise<ByteString[]> {
  const { stdout } = await execFileAsync(
    program.path,
    ['-r', join(folder, program.version), '--no-cache', '--no-lock', ...args],
    {
      encoding: 'latin1',
      env: { ...process.env, RESTIC_PASSWORD: 'test', NAME: 'foo' },
      maxBuffer: 1 << 26,
    },
  );
  return stdout.split('\n').map(latin);
}

async function resticBackup(
  program: ResticProgram,
  { ignoreCase, lines }: Case,
  name: string,
): Promise<ByteString[]> {
  const file = join(folder, `patterns-${program.version}-${name}`);
  writeFileSync(file, patternFile(lines));
  const option = ignoreCase ? '--iexclude-file' : '--exclude-file';
  const output = await runRestic(program, [
    'backup',
    '--dry-run',
    '-vv',
    '--force',
    `${option}=${file}`,
    root,
  ]);
  const taken: ByteString[] = [];
  for (const line of output) {
    const match = /^new {7}(.*), saved in /s.exec(line);
    const path = match === null ? undefined : unquote(match[1] as string);
    if (path !== undefined && path.startsWith(root)) taken.push(path);
  }
  return taken.sort();
}

/** restic ends with an error of its own when a pattern is malformed or nothing is left to save. */
function namedRefusal(error: unknown): string[] {
  const text = String((error as { stderr?: string }).stderr);
  if (text.includes('invalid pattern')) return ['malformed'];
  if (text.includes('snapshot is empty')) return [];
  throw error;
}

function orRefusal(work: () => ByteString[]): string[] {
  try {
    return work();
  } catch (error) {
    if (isTidemarkError(error, 'request.invalidInput')) return ['malformed'];
    throw error;
  }
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item, index: number) => Promise<void>) {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      await work(items[index] as Item, index);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
}

const CASES: readonly Case[] = [
  ...HAND_MADE.map((lines) => ({ ignoreCase: false, lines })),
  ...[
    ['*.tmp'],
    ['FOO/**'],
    [utf8('Ä/ö')],
    [utf8('σασ')],
    [utf8('i')],
    ['\xff'],
    ['[A-C]*', '!B.tmp'],
    ['�'],
  ].map((lines) => ({
    ignoreCase: true,
    lines,
  })),
  ...randomLists(
    fromEnvironment('TIDEMARK_PATTERN_LISTS', 12),
    fromEnvironment('TIDEMARK_PATTERN_SEED', 7),
  ).map((lines, index) => ({ ignoreCase: index % 4 === 3, lines })),
];

/** A run of restic costs half a second, so each comparison takes every third case unless many random ones were asked for. */
function shareOf(turn: number): readonly Case[] {
  if (process.env['TIDEMARK_PATTERN_LISTS'] !== undefined) return CASES;
  return CASES.filter((_one, index) => index % 3 === turn % 3);
}

beforeAll(async () => {
  if (PROGRAMS.length === 0) return;
  folder = mkdtempSync(join(tmpdir(), 'tidemark-patterns-'));
  root = join(folder, 'tree');
  mkdirSync(root);
  for (const file of FILES) {
    const path = Buffer.concat([Buffer.from(`${root}/`), byteStringToBytes(file)]);
    const parent = path.subarray(0, path.lastIndexOf('/'));
    try {
      mkdirSync(parent, { recursive: true });
      writeFileSync(path, 'x');
    } catch (error) {
      // Some names are both a folder and a file in the list: the first one wins.
      if (!['EEXIST', 'EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  for (const program of PROGRAMS) {
    execFileSync(program.path, ['-r', join(folder, program.version), '--no-cache', '-q', 'init'], {
      env: { ...process.env, RESTIC_PASSWORD: 'test' },
    });
    await giveCheapKeyAt(join(folder, program.version), 'test');
  }
}, 60_000);

afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

describe.each(PROGRAMS)('patterns compared with restic $version', (program) => {
  const sparesTarget = !/^0\.(?:\d|1[0-8])\./.test(program.version);

  it('leaves the same files out of a backup', async () => {
    const differences: unknown[] = [];
    await inParallel(shareOf(PROGRAMS.indexOf(program)), async (one, index) => {
      const theirs = await resticBackup(program, one, String(index)).catch(namedRefusal);
      const ours = orRefusal(() => ourBackup(optionsOf(one), sparesTarget));
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
        differences.push({
          ...one,
          onlyOurs: ours.filter((path) => !(theirs as readonly string[]).includes(path)),
          onlyTheirs: theirs.filter((path) => !ours.includes(path)),
        });
      }
    });
    expect(differences).toEqual([]);
  }, 600_000);
});

const RESTORING = PROGRAMS.filter((program) => {
  const help = execFileSync(program.path, ['restore', '--help'], { encoding: 'utf8' });
  return help.includes('--include-file') && help.includes('--dry-run');
});

describe.each(RESTORING)('restore patterns compared with restic $version', (program) => {
  it('picks the same files', async () => {
    await runRestic(program, ['backup', '-q', root]);
    const differences: unknown[] = [];
    await inParallel(shareOf(PROGRAMS.length), async (one, index) => {
      const file = join(folder, `include-${program.version}-${index}`);
      writeFileSync(file, patternFile(one.lines));
      const option = one.ignoreCase ? '--iinclude-file' : '--include-file';
      const arguments_ = ['restore', 'latest', '--dry-run', '-vv', '--target', join(folder, 'nowhere')];
      const theirs = await runRestic(program, [...arguments_, `${option}=${file}`])
        .then((output) =>
          output
            .map((line) => /^restored +(.*) with size /s.exec(line)?.[1])
            .filter((path) => path !== undefined)
            .sort(),
        )
        .catch(namedRefusal);
      const ours = orRefusal(() => ourRestore(optionsOf(one)));
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
        differences.push({
          ...one,
          onlyOurs: ours.filter((path) => !(theirs as readonly string[]).includes(path)),
          onlyTheirs: theirs.filter((path) => !ours.includes(path as ByteString)),
        });
      }
    });
    expect(differences).toEqual([]);
  }, 600_000);
});

/** Files picked by a walk from the root of the snapshot that enters only where something may match. */
function ourRestore(options: PatternOptions): ByteString[] {
  const filter = createIncludeFilter(options);
  const picked: ByteString[] = [];
  const visit = (path: ByteString, isDir: boolean): void => {
    const { matched, childMayMatch } = filter.select(path, isDir);
    if (!isDir) {
      if (matched) picked.push(path);
      return;
    }
    if (!childMayMatch) return;
    // Above the tree the snapshot holds only the folder that leads to it.
    const leading = utf8(root).startsWith(`${path}/`);
    if (leading) {
      const end = root.indexOf('/', path.length + 1);
      visit(utf8(end < 0 ? root : root.slice(0, end)), true);
      return;
    }
    for (const entry of readdirSync(byteStringToBytes(path), { withFileTypes: true, encoding: 'buffer' })) {
      visit(latin(`${path}/${bytesToByteString(entry.name)}`), entry.isDirectory());
    }
  };
  visit(utf8(root.slice(0, root.indexOf('/', 1))), true);
  return picked.sort();
}

if (PROGRAMS.length === 0) {
  it.skip(`patterns compared with restic (skipped: ${NO_RESTIC})`, () => undefined);
}
